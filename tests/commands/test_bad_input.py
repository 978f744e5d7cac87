"""Bad input gets one clear line and the documented exit code; nothing of the program's is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asyncwhy.trace import schema
from tests.agent.twice import environment

Done = subprocess.CompletedProcess[str]

HELLO = """
import asyncio
import sys

async def main():
    await asyncio.sleep(0.01)
    print("hello", *sys.argv[1:])

asyncio.run(main())
"""
SICK = HELLO.replace("await asyncio.sleep(0.01)", "time.sleep(0.1)").replace("import sys", "import sys, time")


def asyncwhy(folder: Path, *words: str, **variables: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "asyncwhy", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(variables),
    )


def one_line(done: Done, code: int, *contains: str) -> None:
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("asyncwhy: ")
    assert done.stderr.count("\n") == 1
    for text in contains:
        assert text in done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hello.py").write_text(HELLO)
    (tmp_path / "sick.py").write_text(SICK)
    (tmp_path / "plain.py").write_text("print('plain')\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "__main__.py").write_text(HELLO)
    (tmp_path / "script").write_text("#!/no/such/interpreter\n")
    (tmp_path / "script").chmod(0o755)
    (tmp_path / "note.txt").write_text("not executable\n")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        ("run nothing.py", 127, "no file nothing.py"),
        ("run hello.py/deeper", 127, "no file"),
        ("run empty", 127, "without a __main__.py"),
        ("run -m no_such_module_at_all", 127, "no module no_such_module_at_all"),
        ("run -- no-such-command", 127, "no command no-such-command"),
        ("run -- ./script", 126, "interpreter that is not there"),
        ("run -- ./note.txt", 126, "Permission denied"),
        ("run -- ./empty", 126, "Permission denied"),
        ("run --python nowhere hello.py", 127, "no interpreter nowhere"),
        ("run --python empty hello.py", 127, "no bin/python in empty"),
        ("run --python note.txt hello.py", 126, "cannot be run"),
        ("run --python /bin/true hello.py", 126, "does not answer"),
        ("run --python x -- hello", 125, "--python goes with a program"),
        ("run", 125, "which program?"),
        ("run --", 125, "which command?"),
        ("run -m", 125, "expected one argument"),
        ("run --unknown hello.py", 125, "--unknown"),
        ("run --for soon hello.py", 125, "no number of seconds"),
        ("run --for -1 hello.py", 125, ""),
        ("run --for nan hello.py", 125, "no number of seconds"),
        ("run --min-cost much hello.py", 125, "no number of seconds"),
        ("run --format pdf hello.py", 125, "pdf"),
        ("run --fail-on bogus hello.py", 125, "no cause `bogus`"),
        ("run --report no/such/folder/file hello.py", 125, "cannot write the report"),
        ("run --report empty hello.py", 125, "cannot write the report"),
        ("run -o empty hello.py", 125, "cannot write the trace"),
        ("run -o hello.py/trace hello.py", 125, "cannot write the trace"),
        ("report nothing", 125, "cannot read the trace nothing"),
        ("report empty", 125, "cannot read the trace empty"),
        ("report hello.py", 125, "not an asyncwhy trace"),
        ("report --bogus", 125, "--bogus"),
        ("explain bogus", 125, "no cause or idea `bogus`"),
        ("bogus", 125, "bogus"),
    ],
)
def test_one_line_and_a_code(words: str, code: int, text: str, folder: Path) -> None:
    done = asyncwhy(folder, *words.split())
    if os.geteuid() == 0 and text == "Permission denied":
        text = ""
    one_line(done, code, text)


def test_too_old_an_interpreter(folder: Path) -> None:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    old = [*pyenv.glob("3.8.*"), *pyenv.glob("3.7.*"), *pyenv.glob("2.7.*")]
    if not old:
        pytest.skip("no CPython older than 3.9 on this machine")
    for python in old:
        one_line(asyncwhy(folder, "run", "--python", str(python), "hello.py"), 126, str(python))
        # In a command line of the program's own it runs, unobserved and unharmed.
        done = asyncwhy(folder, "run", "--report", "r", "--", str(python / "bin" / "python"), "plain.py")
        assert (done.stdout, done.stderr, done.returncode) == ("plain\n", "", 0)
        assert "COULD NOT TELL" in (folder / "r").read_text()


def test_no_run_is_recorded(folder: Path) -> None:
    one_line(asyncwhy(folder, "report", XDG_CACHE_HOME=str(folder / "cache")), 125, "no run is recorded")


def test_a_cache_that_cannot_be_written(folder: Path) -> None:
    (folder / "cache").touch()
    done = asyncwhy(folder, "run", "hello.py", XDG_CACHE_HOME=str(folder / "cache"))
    one_line(done, 125, "cannot write the trace")


def test_a_program_that_could_not_be_started_leaves_no_run(folder: Path) -> None:
    asyncwhy(folder, "run", "--", "./script", XDG_CACHE_HOME=str(folder / "cache"))
    assert list((folder / "cache").rglob("*.trace")) == []


HEADER = schema.FILE_HEADER.pack(schema.MAGIC, schema.VERSION, 0)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "too short"),
        (HEADER[:-3], "too short"),
        (HEADER + b"\1\0\0", "cut off"),
        (HEADER + schema.CHUNK_HEADER.pack(1, 1, 1 << 31, 0), "cut off"),
        (HEADER + schema.CHUNK_HEADER.pack(1, 1, 2, 5) + b"{}", "damaged"),
        (schema.FILE_HEADER.pack(schema.MAGIC, 99, 0), "later asyncwhy"),
    ],
)
def test_a_trace_that_cannot_be_read(data: bytes, text: str, folder: Path) -> None:
    (folder / "bad").write_bytes(data)
    for form in ("terminal", "json", "concise"):
        one_line(asyncwhy(folder, "report", "--format", form, "bad"), 125, text)


def test_chunks_that_do_not_fit_together(folder: Path) -> None:
    from asyncwhy.trace.writer import Writer

    with Writer(folder / "odd") as writer:
        writer.json(schema.META, 1, {"pid": "seven", "begun": None})
        writer.json(schema.EVENTS, 1, [{"event": "run"}, {"event": "thread", "number": []}])
        writer.json(schema.RUN, 0, {"begun": "then"})
    one_line(asyncwhy(folder, "report", "odd"), 125, "cannot make sense of odd")


def test_an_empty_trace_is_no_fault(folder: Path) -> None:
    (folder / "none").write_bytes(HEADER)
    done = asyncwhy(folder, "report", "none")
    assert (done.returncode, done.stderr) == (0, "")
    assert "COULD NOT TELL" in done.stdout


def test_a_syntax_error_is_python_s_to_tell(folder: Path) -> None:
    (folder / "bad.py").write_text("async def main(:\n    pass\n")
    alone = subprocess.run(
        [sys.executable, "bad.py"], cwd=folder, capture_output=True, text=True, env=environment()
    )
    done = asyncwhy(folder, "run", "bad.py")
    assert done.returncode == alone.returncode == 1
    assert done.stderr.startswith(alone.stderr)
    assert "COULD NOT TELL" in done.stderr


def test_a_program_without_a_loop(folder: Path) -> None:
    done = asyncwhy(folder, "run", "plain.py")
    assert (done.stdout, done.returncode) == ("plain\n", 0)
    assert "COULD NOT TELL" in done.stderr
    assert "try:" in done.stderr


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("raise SystemExit(3)", 3),
        ("raise ValueError('the program''s own')", 1),
        ("__import__('os')._exit(4)", 4),
        ("__import__('os').kill(__import__('os').getpid(), 15)", -15),
        ("__import__('os').kill(__import__('os').getpid(), 9)", -9),
    ],
)
def test_however_it_ends_it_is_reported_on(statement: str, code: int, folder: Path) -> None:
    program = SICK.replace('print("hello", *sys.argv[1:])', f"await asyncio.sleep(0.7)\n    {statement}")
    (folder / "ends.py").write_text(program)
    done = asyncwhy(folder, "run", "--fail-on", "any", "ends.py")
    assert done.returncode == code
    assert "time.sleep" in done.stderr
    assert "COULD NOT TELL" not in done.stderr


def test_a_disk_that_fills_while_the_program_runs(folder: Path, monkeypatch: Any) -> None:
    """As a limit on the size of files, since a test can have no small disk."""
    code = (
        "import resource, sys\n"
        "from asyncwhy.trace import writer\n"
        "from asyncwhy.probes import python\n"
        "real = python._start\n"
        "def start(*given):\n"
        "    child = real(*given)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))\n"
        "    return child\n"
        "python._start = start\n"
        "from asyncwhy.cli import main\n"
        "main()\n"
    )
    (folder / "limited.py").write_text(code)
    (folder / "long.py").write_text(HELLO.replace("0.01", "0.6"))
    done = subprocess.run(
        [sys.executable, "limited.py", "run", "-o", "trace", "--fail-on", "any", "long.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.stdout == "hello\n"
    assert "Traceback" not in done.stderr
    assert "cannot write the trace trace: File too large" in done.stderr
    again = asyncwhy(folder, "report", "trace")
    assert again.returncode == 0, again.stderr
