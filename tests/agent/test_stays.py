"""What other people's programs do to the library does not take the agent out."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from _asyncwhy_agent import primitives

from tests.agent.twice import both, environment, observed_command, program
from tests.observing import require

ENDLESS = """
import asyncio, math

async def main():
    asyncio.create_task(asyncio.sleep(math.inf))
    await asyncio.sleep(0.001)

asyncio.run(main())
"""
MADE_OF_ANYTHING = """
import asyncio
from unittest import mock

asyncio.runners._cancel_all_tasks(mock.Mock())

async def main():
    await asyncio.sleep(0.001)

asyncio.run(main())
"""
#: As `blockbuster` does it.
LOCKS_THAT_MAY_NOT_BLOCK = """
import asyncio, ctypes, gc, os, _thread

original = _thread.LockType.acquire

def acquire(lock, blocking=True, timeout=-1):
    if asyncio._get_running_loop() is not None and blocking:
        raise RuntimeError("blocking")
    return original(lock, blocking, timeout)

async def main():
    gc.get_referents(_thread.LockType.__dict__)[0]["acquire"] = acquire
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(_thread.LockType))
    if not os.fork():
        os._exit(0)
    os.wait()
    await asyncio.sleep(0.001)

asyncio.run(main())
"""
PROGRAMS = {
    "an endless timer": ENDLESS,
    "a loop made of anything": MADE_OF_ANYTHING,
    "locks that may not block": LOCKS_THAT_MAY_NOT_BLOCK,
}


@pytest.mark.parametrize("recorder", ["native", "pure"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_it_stays(name: str, recorder: str, tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text(PROGRAMS[name])
    variables = {"ASYNCWHY_PURE_PYTHON": "1"} if recorder == "pure" else {}
    done = subprocess.run(
        observed_command(tmp_path, "--", sys.executable, "prog.py"),
        cwd=tmp_path, env=environment(variables), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["program"]["exit_code"] == 0, done.stderr
    assert not [note for note in report["unseen"]["notes"] if "took itself out" in note]


def test_an_error_is_freed(tmp_path: Path, pythons: dict[str, Path]) -> None:
    """Since 3.12 a frame that is done holds those that were below it."""
    alone, observed = both(program("errors_freed"), require(pythons, "3.12", "uvloop"), tmp_path, pure=True)
    assert observed.stdout == alone.stdout
    assert alone.stdout.count(b"freed True") == 2


def test_seconds_that_are_none() -> None:
    assert primitives.nanoseconds(1.5) == 1_500_000_000
    assert primitives.nanoseconds(math.nan) == 0
    assert primitives.nanoseconds(-math.inf) < 0 < primitives.nanoseconds(math.inf) < 1 << 63
