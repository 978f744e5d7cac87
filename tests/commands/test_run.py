"""Whose options they are, how a run is stopped, what is written where, in how many columns."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.agent.twice import environment
from tests.commands.test_bad_input import HELLO, SICK, asyncwhy

SERVER = """
import asyncio, sys

async def main():
    print("started", flush=True)
    try:
        while True:
            await asyncio.sleep(0.02)
    finally:
        print("stopped", flush=True)

asyncio.run(main())
"""
ODD = "name\\x1b[31mred\\x1b]0;title\\x07\\u202e\\x9b\\n\U0001f40d"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hello.py").write_text(HELLO)
    (tmp_path / "sick.py").write_text(SICK)
    (tmp_path / "server.py").write_text(SERVER)
    package = tmp_path / "package"
    package.mkdir()
    (package / "__main__.py").write_text(HELLO)
    (package / "part.py").write_text(HELLO)
    return tmp_path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trace of a sick run."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "sick.py").write_text(SICK)
    asyncwhy(folder, "run", "-o", "trace", "sick.py")
    return folder / "trace"


@pytest.mark.parametrize(
    ("before", "program", "after"),
    [
        ("", "hello.py", "--report x --format json -o y --python z"),
        ("--format concise", "hello.py", "--fail-on any -- --for 3 -m"),
        ("", "-m package.part", "--format terminal -x"),
        ("--min-cost 1s", "package", "a b"),
        ("", f"-- {sys.executable} hello.py", "--report x -- y"),
        ("", f"-- {sys.executable} -X utf8 -m package", "z"),
        ("--format json --for 30", "-- env A=B ./hello.sh", "--for 0.001"),
    ],
)
def test_options_belong_to_whom_they_should(before: str, program: str, after: str, folder: Path) -> None:
    (folder / "hello.sh").write_text(f'#!/bin/sh\nexec {sys.executable} hello.py "$@"\n')
    (folder / "hello.sh").chmod(0o755)
    done = asyncwhy(folder, "run", "--report", "r", *before.split(), *program.split(), *after.split())
    assert (done.stdout, done.stderr, done.returncode) == (f"hello {after}\n", "", 0)
    assert (folder / "r").stat().st_size
    assert not {"x", "y"} & set(os.listdir(folder))


def test_a_console_script(folder: Path) -> None:
    uvicorn = Path(sys.executable).parent / "uvicorn"
    if not uvicorn.exists():
        pytest.skip("uvicorn is not installed")
    done = asyncwhy(folder, "run", "--report", "r", "--", str(uvicorn), "--version")
    assert done.stdout.startswith("Running uvicorn")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("fail_on", "program", "code"),
    [
        ("any", "sick.py", 1),
        ("blocking-call", "sick.py", 1),
        ("gil-held,blocking-call", "sick.py", 1),
        ("gil-held", "sick.py", 0),
        ("any", "hello.py", 0),
    ],
)
def test_fail_on(fail_on: str, program: str, code: int, folder: Path) -> None:
    assert asyncwhy(folder, "run", "--fail-on", fail_on, program).returncode == code


def test_a_report_again_and_the_newest(folder: Path) -> None:
    first = asyncwhy(folder, "run", "-o", "trace", "--format", "json", "sick.py")
    report = json.loads(first.stderr)
    assert report["verdict"] == "not-asynchronous"
    again = asyncwhy(folder, "report", "--format", "json", "trace")
    assert json.loads(again.stdout) == report
    cache = str(folder / "cache")
    asyncwhy(folder, "run", "hello.py", XDG_CACHE_HOME=cache)
    newest = asyncwhy(folder, "report", "--format", "json", XDG_CACHE_HOME=cache)
    assert json.loads(newest.stdout)["verdict"] == "asynchronous"
    assert asyncwhy(folder, "report", "trace").stdout.count("time.sleep")


def test_for_stops_a_server_as_ctrl_c_would(folder: Path) -> None:
    done = asyncwhy(folder, "run", "--for", "0.7", "--report", "r", "--format", "json", "server.py")
    assert done.stdout == "started\nstopped\n"
    assert "KeyboardInterrupt" in done.stderr
    report = json.loads((folder / "r").read_text())
    assert report["loops"][0]["steps"] > 3


def has_started(process: subprocess.Popen[str]) -> None:
    """Its first line has come, and a little of the run."""
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    time.sleep(0.4)


def test_ctrl_c_reaches_the_program_and_the_report_comes(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "asyncwhy", "run", "--format", "concise", "server.py"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment(), start_new_session=True,
    )  # fmt: skip
    has_started(process)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert output == "stopped\n"
    assert errors.count("KeyboardInterrupt") >= 1
    assert "asyncwhy/" not in errors
    assert "server.py: asynchronous" in errors
    alone = subprocess.Popen(
        [sys.executable, "server.py"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment(), start_new_session=True,
    )  # fmt: skip
    has_started(alone)
    os.killpg(alone.pid, signal.SIGINT)
    alone.communicate(timeout=30)
    assert process.returncode == alone.returncode


def test_sigterm_is_passed_on(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "asyncwhy", "run", "--report", "r", "server.py"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    has_started(process)
    process.terminate()
    output, errors = process.communicate(timeout=30)
    assert (output, errors, process.returncode) == ("", "", -signal.SIGTERM)
    assert (folder / "r").stat().st_size


def test_a_signal_that_was_ignored_stays_ignored(folder: Path) -> None:
    (folder / "ignored.py").write_text(
        "import asyncio, signal\n"
        "print(signal.getsignal(signal.SIGHUP), signal.getsignal(signal.SIGINT))\n"
        "asyncio.run(asyncio.sleep(0.01))\n"
    )
    command = f"trap '' HUP INT; exec {sys.executable} "
    alone = subprocess.run(
        ["sh", "-c", command + "ignored.py"], cwd=folder, capture_output=True, env=environment()
    )
    done = subprocess.run(
        ["sh", "-c", command + "-m asyncwhy run --report r ignored.py"],
        cwd=folder,
        capture_output=True,
        env=environment(),
    )
    assert (done.stdout, done.stderr) == (alone.stdout, alone.stderr)


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", ">/dev/full", "2>/dev/full"])
@pytest.mark.parametrize("ours", ["", "--report r"])
def test_streams_that_are_closed(redirect: str, ours: str, folder: Path) -> None:
    program = "import asyncio, os\nasyncio.run(asyncio.sleep(0.01))\nos.write(os.open('seen', 65), b'ran')\n"
    (folder / "quiet.py").write_text(program)
    command = f"exec {sys.executable} -m asyncwhy run {ours} quiet.py {redirect}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr + done.stdout
    assert (folder / "seen").read_text() == "ran"


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "| head -1", "| true"])
@pytest.mark.parametrize("verb", ["report", "explain", "explain blocking-call", "--help"])
def test_nobody_listens(redirect: str, verb: str, recorded: Path, folder: Path) -> None:
    words = f"{verb} {recorded}" if verb == "report" else verb
    command = f"{sys.executable} -m asyncwhy {words} {redirect}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, env=environment()
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_pipe_that_the_program_writes_to_is_closed_early(folder: Path) -> None:
    (folder / "much.py").write_text(
        "import asyncio\n\nasync def main():\n    for n in range(100000):\n        print(n)\n\nasyncio.run(main())\n"
    )
    results = []
    for command in (f"{sys.executable} much.py", f"{sys.executable} -m asyncwhy run --report r much.py"):
        whole = f"({command}; echo $? >&3) 3>code 2>errors | head -1"
        done = subprocess.run(
            ["sh", "-c", whole], cwd=folder, capture_output=True, text=True, env=environment()
        )
        results.append((done.stdout, (folder / "errors").read_text(), (folder / "code").read_text()))
    assert results[0] == results[1]
    assert (folder / "r").stat().st_size


def width(text: str) -> int:
    wide = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return wide - sum(unicodedata.category(letter) in ("Mn", "Cf") for letter in text)


def on_a_terminal(folder: Path, columns: int, *words: str, **given: str) -> str:
    main, other = pty.openpty()
    import fcntl
    import termios

    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    variables = environment({"TERM": "xterm-256color"} | given)
    variables.pop("COLUMNS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "asyncwhy", *words],
        cwd=folder,
        env=variables,
        stdin=other,
        stdout=other,
        stderr=other,
    )
    os.close(other)
    parts = []
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.close(main)
    process.wait(30)
    return b"".join(parts).decode()


@pytest.mark.parametrize("columns", [40, 20, 80, 200])
def test_a_terminal_of_few_columns(columns: int, folder: Path) -> None:
    text = on_a_terminal(folder, columns, "run", "sick.py")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\r", "")
    assert "time.sleep" in plain
    if columns >= 40:
        assert {line for line in plain.split("\n") if width(line) > columns} == set()


def test_names_are_never_passed_through_to_the_terminal(folder: Path) -> None:
    odd = folder / "odd\x1b[31m\U0001f40d.py"
    odd.write_text(
        "import asyncio, threading, time\n"
        f'name = "{ODD}"\n'
        "async def work():\n    time.sleep(0.05)\n    await asyncio.to_thread(time.sleep, 0.02)\n"
        "async def main():\n"
        "    task = asyncio.create_task(work(), name=name)\n"
        "    work.__qualname__ = name\n"
        "    thread = threading.Thread(target=time.sleep, args=(0.05,), name=name)\n"
        "    thread.start()\n    await task\n    thread.join()\n"
        "    from concurrent.futures import ThreadPoolExecutor\n"
        "    with ThreadPoolExecutor(1, name) as pool:\n"
        "        await asyncio.gather(*(asyncio.get_running_loop().run_in_executor(pool, time.sleep, 0.05) for _ in range(4)))\n"
        "asyncio.run(main())\n"
    )
    told: list[Any] = [
        asyncwhy(
            folder, "run", "--format", form, odd.name, "\x1b[2J", ODD.encode().decode("unicode_escape")
        ).stderr
        for form in ("terminal", "concise")
    ]
    told.append(asyncwhy(folder, "run", odd.name + "\x1b[2Jx").stderr)
    told.append(asyncwhy(folder, "explain", "\x1b[2Jx").stderr)
    told.append(asyncwhy(folder, "report", "\x1b[2Jx").stderr)
    told.append(asyncwhy(folder, "run", "--fail-on", "\x1b[2Jx", "hello.py").stderr)
    told.append(asyncwhy(folder, "run", "--for", "\x1b[2Jx", "hello.py").stderr)
    told.append(asyncwhy(folder, "run", "-m", "\x1b[2Jx").stderr)
    told.append(asyncwhy(folder, "run", "--", "\x1b[2Jx").stderr)
    told.append(asyncwhy(folder, "run", "-o", "/proc/\x1b[2Jx", "hello.py").stderr)
    for text in told:
        assert text
        found = [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf") and letter != "\n"]
        assert found == [], text


def test_children_are_merged(folder: Path) -> None:
    (folder / "children.py").write_text(
        "import asyncio, multiprocessing, subprocess, sys\n"
        "def child():\n    asyncio.run(asyncio.sleep(0.02))\n"
        "if __name__ == '__main__':\n"
        "    for method in ('fork', 'spawn'):\n"
        "        process = multiprocessing.get_context(method).Process(target=child)\n"
        "        process.start()\n        process.join()\n"
        "    subprocess.run([sys.executable, 'hello.py'], env={'A': '1'})\n"
        "    child()\n"
    )
    done = asyncwhy(folder, "run", "--format", "json", "--report", "r", "children.py")
    assert (done.stdout, done.stderr) == ("hello\n", "")
    report = json.loads((folder / "r").read_text())
    assert report["program"]["processes"] >= 4
    assert len({loop["process"] for loop in report["loops"]}) >= 4


def test_a_server_s_socket_is_the_program_s_own(folder: Path) -> None:
    """Descriptors that a parent hands down (systemd, a reloader) arrive in the program."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        (folder / "given.py").write_text(
            f"import asyncio, socket\nprint(socket.socket(fileno={listening.fileno()}).getsockname()[1])\n"
            "asyncio.run(asyncio.sleep(0.01))\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "asyncwhy", "run", "--report", "r", "given.py"],
            cwd=folder, capture_output=True, text=True, env=environment(), pass_fds=[listening.fileno()],
        )  # fmt: skip
        assert done.stdout == f"{listening.getsockname()[1]}\n", done.stderr
