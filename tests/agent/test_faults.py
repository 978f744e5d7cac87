"""The agent's own faults: whatever fails in it, the program goes on, and the report says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from asyncwhy.probes.python import INJECT
from tests.agent.twice import FOLDER, environment, observed_command
from tests.observing import OLDEST, OWN, require

PROGRAM = """
import asyncio, concurrent.futures, subprocess, sys, threading

async def work(n):
    await asyncio.sleep(0.005)
    return n

async def forgotten():
    pass

async def main():
    loop = asyncio.get_running_loop()
    forgotten()
    print(await asyncio.gather(*(work(n) for n in range(4))))
    print(await loop.run_in_executor(None, sum, (1, 2)))
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(print, "from a thread"))
    thread.start()
    thread.join()
    loop.call_later(0.001, print, "later")
    await asyncio.sleep(0.01)
    print(subprocess.call([sys.executable, "-S", "-c", "raise SystemExit(3)"]))

asyncio.run(main())
print("end")
"""
OUTPUT = "[0, 1, 2, 3]\n3\nfrom a thread\nlater\n3\nend\n"

#: module, owner and method of each hook
HOOKS = [
    ("asyncio_hooks", "AsyncioHooks", name)
    for name in (
        "_adopt", "_created", "_waited", "_other", "_long", "callback_entry", "_wakeup",
        "loop_started", "loop_stopped", "install",
    )
] + [
    ("threads", "ThreadHooks", "_starting"),
    ("threads", "ThreadHooks", "_began"),
    ("threads", "ThreadHooks", "_ended"),
    ("threads", "ThreadHooks", "install"),
    ("pools", "PoolHooks", "_made"),
    ("pools", "PoolHooks", "_submitted"),
    ("pools", "PoolHooks", "_began"),
    ("pools", "PoolHooks", "start"),
    ("pools", "PoolHooks", "ended"),
    ("processes", "ProcessHooks", "_child"),
    ("recorder", "Recorder", "event"),
    ("sampler", "Sampler", "tick"),
    ("sampler", "Sampler", "start"),
    ("stream", "Stream", "write"),
    ("stream", "Stream", "rows"),
    ("interning", "Interner", "stack"),
    ("interning", "Interner", "site"),
    ("interning", "Interner", "string"),
    ("interning", "Interner", "take"),
    ("agent", "Agent", "describe"),
    ("agent", "Agent", "totals"),
    ("agent", "Agent", "begin"),
]  # fmt: skip

#: What the C recorder does itself, for all tasks but unusual ones: broken where it is not.
PYTHONS = ("_adopt", "_created", "_waited")

#: Imported by the agent as a module of its own, this breaks one method before the agent uses it.
BREAKS = """
def %(name)s(*_, **__):
    raise %(error)s("injected")
from . import %(module)s
%(module)s.%(owner)s.%(name)s = %(name)s
"""


def agent_with(folder: Path, text: str) -> Path:
    """A copy of what is injected, whose agent runs `text` first."""
    shutil.copytree(INJECT, folder / "inject")
    package = folder / "inject" / "_asyncwhy_agent"
    agent = package / "agent.py"
    (package / "fault.py").write_text(text)
    old = agent.read_text()
    # The last of its imports, so that everything is there to be broken.
    at = old.index("\n\n\n")
    agent.write_text(old[:at] + "\n" + old[at:] + "\nfrom . import fault\n")
    return folder / "inject"


def observe_with(
    inject: Path, python: Path, folder: Path, program: str = PROGRAM, *, pure: bool = False
) -> tuple[Any, dict[str, Any]]:
    path = folder / "prog.py"
    path.write_text(program)
    starter = folder / "start.py"
    starter.write_text(
        "import sys\nfrom pathlib import Path\nfrom asyncwhy.probes import python\n"
        f"python.INJECT = Path({str(inject)!r})\nfrom asyncwhy.cli import main\nmain()\n"
    )
    command = observed_command(folder, "--python", str(python), str(path))
    command[1:4] = [str(starter)]
    env = environment() | ({"ASYNCWHY_PURE_PYTHON": "1"} if pure else {})
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
    report = folder / "report.json"
    return done, json.loads(report.read_text()) if report.exists() and report.stat().st_size else {}


@pytest.mark.slow
@pytest.mark.parametrize("error", ["RuntimeError", "MemoryError"])
@pytest.mark.parametrize(("module", "owner", "name"), HOOKS, ids=lambda part: part)
def test_a_fault_in_a_hook(
    module: str, owner: str, name: str, error: str, tmp_path: Path, pythons: dict[str, Path]
) -> None:
    assert hasattr(getattr(import_module(f"_asyncwhy_agent.{module}"), owner), name)
    version = OWN if error == "RuntimeError" else OLDEST
    inject = agent_with(tmp_path, BREAKS % {"module": module, "owner": owner, "name": name, "error": error})
    done, report = observe_with(inject, require(pythons, version), tmp_path, pure=name in PYTHONS)
    assert done.stdout == OUTPUT
    assert "injected" not in done.stderr
    assert "_asyncwhy" not in done.stderr
    assert "never awaited" in done.stderr
    assert done.returncode == 0
    told = report["unseen"]["notes"] or report["verdict"] == "unknown"
    assert told, "the report says nothing about it"


@pytest.mark.parametrize(
    "text", ["raise OSError('injected')", "raise ImportError('injected')", "import nothing_of_that_name"]
)
def test_an_agent_that_cannot_start(text: str, tmp_path: Path, pythons: dict[str, Path]) -> None:
    done, report = observe_with(agent_with(tmp_path, text), pythons[OWN], tmp_path)
    assert done.stdout == OUTPUT
    assert "injected" not in done.stderr
    assert report["verdict"] == "unknown"


@pytest.mark.parametrize("fault", ["remove", "read-only", "full"])
def test_a_stream_that_cannot_be_written(fault: str, tmp_path: Path, pythons: dict[str, Path]) -> None:
    if fault == "read-only" and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    do = {
        "remove": "import shutil; shutil.rmtree(os.environ_folder)",
        "read-only": "os.chmod(os.environ_folder, 0o500)",
        "full": "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    }[fault]
    prelude = (
        "import os, sys\nos.environ_folder = sys.modules['_asyncwhy_agent'].agent.environment.folder\n" + do
    )
    program = prelude + "\n" + PROGRAM + "\nimport time; time.sleep(0.5)\n"
    done, report = observe_with(INJECT, pythons[OWN], tmp_path, program)
    assert done.stdout == OUTPUT
    assert done.returncode == 0
    assert report


def test_a_disk_that_is_full(
    tmp_path: Path, pythons: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small tmpfs cannot be mounted here: it takes root with CAP_SYS_ADMIN")
    try:
        monkeypatch.setenv("TMPDIR", str(disk))
        # Its own files go elsewhere, and it runs until the disk is full of what we write.
        program = PROGRAM.replace("range(4)", "range(4000)").replace(
            "print(await asyncio.gather", "len(await asyncio.gather"
        )
        done, report = observe_with(INJECT, pythons[OWN], tmp_path, program)
        assert done.stdout == OUTPUT.partition("\n")[2]
        assert done.returncode == 0
        assert report["unseen"]["dropped_events"] or report["unseen"]["notes"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_files_of_a_certain_size(tmp_path: Path, pythons: dict[str, Path]) -> None:
    program = FOLDER / "file_size_limit.py"
    done, report = observe_with(INJECT, pythons[OWN], tmp_path, program.read_text())
    assert done.returncode == 0
    assert report["unseen"]["dropped_events"], "the report does not say that something is missing"
