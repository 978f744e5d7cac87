"""What the agent could not see of a program stands in the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from _asyncwhy_agent import primitives, recorder, sampler
from _asyncwhy_agent.asyncio_hooks import AsyncioHooks
from _asyncwhy_agent.safety import Installation

from asyncwhy.probes.python import INJECT
from tests.agent.test_faults import BREAKS, agent_with, observe_with
from tests.agent.test_injected import REFUSED, REFUSES
from tests.agent.twice import both, program
from tests.observing import OWN, require

#: A program of `programs/` -> what its report says.
TOLD = {
    "sub_interpreters": "sub-interpreters",
    "gevent_patched": "greenlets of gevent",
    "exit_sigkill": "ended from outside",
}
VERY_MANY_THREADS = """
import asyncio, threading, time

threading.stack_size(128 * 1024)
go = threading.Event()

def run():
    go.wait()

async def main():
    await asyncio.sleep(0.02)
    for _ in range(2):
        time.sleep(0.25)
        await asyncio.sleep(0)

threads = [threading.Thread(target=run) for _ in range(300)]
for thread in threads:
    thread.start()
asyncio.run(main())
go.set()
for thread in threads:
    thread.join()
"""
FORKS = """
import asyncio, os

async def main():
    await asyncio.sleep(0.01)
    child = os.fork()
    if child == 0:
        os._exit(5)
    print(os.waitpid(child, 0)[1] >> 8)
    await asyncio.gather(*(asyncio.sleep(0.001) for _ in range(9)))

asyncio.run(main())
print("end")
"""
LOOKS_AFTERWARDS = """
import asyncio, sys, time

time.sleep(0.3)
agent = sys.modules["_asyncwhy_agent"].agent
print(len(agent.installation.replaced))
asyncio.run(asyncio.sleep(0.01))
"""


@pytest.mark.parametrize("recorder", ["native", "pure"])
@pytest.mark.parametrize("name", TOLD)
def test_what_a_program_hides(name: str, recorder: str, tmp_path: Path, pythons: dict[str, Path]) -> None:
    what = program(name)
    both(what, require(pythons, OWN, *what.needs), tmp_path, pure=recorder == "pure")
    report = json.loads((tmp_path / "observed" / "report.json").read_text())
    assert any(TOLD[name] in note for note in report["unseen"]["notes"]), report["unseen"]


@pytest.mark.parametrize("recorder", ["native", "pure"])
def test_a_loop_among_very_many_threads(
    recorder: str, tmp_path: Path, pythons: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    if recorder == "pure":
        monkeypatch.setenv("ASYNCWHY_PURE_PYTHON", "1")
    done, report = observe_with(INJECT, pythons[OWN], tmp_path, VERY_MANY_THREADS)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert any("more than 256 ran at once" in note for note in report["unseen"]["notes"])
    line = VERY_MANY_THREADS.split("\n").index("        time.sleep(0.25)") + 1
    found = [one["site"]["line"] for one in report["findings"] if one["cause"] == "blocking-call"]
    assert found == [line]


def test_a_sampler_that_cannot_go_on_after_a_fork(tmp_path: Path, pythons: dict[str, Path]) -> None:
    given = {"name": "start_thread", "after": 1, "error": REFUSED["start_thread"]}
    text = REFUSES % (given | {"mark": str(tmp_path / "mark")})
    done, report = observe_with(agent_with(tmp_path, text), pythons[OWN], tmp_path, FORKS)
    assert (done.stdout, done.stderr, done.returncode) == ("5\nend\n", "", 0)
    assert any("took itself out" in note for note in report["unseen"]["notes"])


def test_without_a_sampler_nothing_is_recorded(tmp_path: Path, pythons: dict[str, Path]) -> None:
    """Nobody would take it away."""
    broken = {"module": "sampler", "owner": "Sampler", "name": "tick", "error": "MemoryError"}
    done, report = observe_with(
        agent_with(tmp_path, BREAKS % broken), pythons[OWN], tmp_path, LOOKS_AFTERWARDS
    )
    assert (done.stdout, done.stderr, done.returncode) == ("0\n", "", 0)
    assert any("took itself out" in note for note in report["unseen"]["notes"])


def test_a_sampler_that_did_not_start_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(primitives, "start_thread", refuse)
    kept = recorder.Recorder(str(tmp_path))
    own = sampler.Sampler(kept, AsyncioHooks(kept, Installation(kept)))
    with pytest.raises(RuntimeError):
        own.start()
    assert not own.running
    own.stop()
