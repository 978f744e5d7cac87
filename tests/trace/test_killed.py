"""Whoever is killed, program or host, what was recorded until shortly before can be read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asyncwhy.trace.reader import read
from tests.agent.twice import environment, observed_command

PROGRAM = """
import asyncio, sys, time

async def main():
    while True:
        await asyncio.sleep(0.005)
        print(time.monotonic_ns(), flush=True)

asyncio.run(main())
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "prog.py"
    path.write_text(PROGRAM)
    return path


def started(program: Path) -> subprocess.Popen[str]:
    """The program under asyncwhy, after it has run for a while."""
    command = observed_command(program.parent, str(program))
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment())
    assert process.stdout is not None
    process.stdout.readline()  # it runs: before that, its recorder may have had to be built
    time.sleep(0.7)
    return process


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def last_step(trace: Path) -> int:
    return max(int(process.table("steps")["start"].max()) for process in read(trace).processes.values())


def test_a_killed_program(program: Path, tmp_path: Path) -> None:
    process = started(program)
    (child,) = children(process.pid)
    os.kill(child, signal.SIGKILL)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (-signal.SIGKILL, "")
    last = int(output.split()[-1])
    # 250 ms as promised, and as much again for a machine that is busy.
    assert last - last_step(tmp_path / "run.trace") < 500_000_000
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["program"]["exit_code"] == -signal.SIGKILL
    assert any("ended from outside" in note for note in report["unseen"]["notes"])


def test_a_killed_host(program: Path, tmp_path: Path) -> None:
    process = started(program)
    (child,) = children(process.pid)
    now = time.monotonic_ns()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    os.kill(child, signal.SIGKILL)
    process.communicate(timeout=30)
    assert now - last_step(tmp_path / "run.trace") < 1_000_000_000
    done = subprocess.run(
        [sys.executable, "-m", "asyncwhy", "report", "--format", "json", str(tmp_path / "run.trace")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["loops"]
    assert done.stderr == ""
