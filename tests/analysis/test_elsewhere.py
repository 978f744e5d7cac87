"""What another thread has to do with when something runs: hand-overs between loops, jobs that call into a loop."""

from __future__ import annotations

import pytest

from asyncwhy.analysis.change import Change, Cut
from asyncwhy.trace import schema
from tests.analysis.made_up import MadeUp

HANDS_OVER = schema.CALLBACK | 2
MAIN, WORKER = 1, 5


def handed(made: MadeUp, task: int, time: float, runs: float, thread: int) -> None:
    """A thread without a loop hands a coroutine to loop 1, whose task runs so long."""
    made.step(1, HANDS_OVER, time + 0.0001, time + 0.0003, time, foreign=thread)
    made.task(1, task, time + 0.0002)
    made.step(1, task, time + 0.0004, time + 0.0004 + runs, time + 0.0002)


@pytest.fixture
def facade() -> MadeUp:
    """Three handlers on loop 1 each hand a coroutine to loop 2, where it sleeps 0.2 s, and hold their loop meanwhile."""
    made = MadeUp(loops=2)
    made.task(1, MAIN, 0.0)
    made.step(1, MAIN, 0.099, 0.09995)
    for turn in range(3):
        start, inner = 0.1 + 0.205 * turn, 20 + turn
        made.task(1, 10 + turn, 0.0999, MAIN)
        made.step(1, 10 + turn, start, start + 0.205, 0.0999)
        made.step(2, HANDS_OVER, start + 0.001, start + 0.0012, start + 0.0005, foreign=1)
        made.task(2, inner, start + 0.0011)
        made.step(2, inner, start + 0.0013, start + 0.0014, start + 0.0011)
        made.sleep(2, inner, start + 0.0014, start + 0.2014, start + 0.2018)
    return made


def test_a_coroutine_begins_when_it_is_handed_over_not_after_what_its_loop_did_before(facade: MadeUp) -> None:
    facts = facade.facts()
    nodes = facts.nodes
    holds = [node for node in range(len(nodes.start)) if nodes.thread[node] == 1]
    cuts = {node: [Cut(0.0002, float(nodes.run[node]) - 0.0004, computes=False)] for node in holds}
    assert facts.baseline.last == pytest.approx(0.715, abs=0.01)
    # What was handed over within the hold goes on in the meantime.
    assert facts.replayed(Change(cuts)).last == pytest.approx(0.305, abs=0.01)


def test_a_task_that_a_worker_handed_over_begins_within_its_job() -> None:
    made = MadeUp()
    made.task(1, MAIN, 0.0)
    made.step(1, MAIN, 0.001, 0.003)
    for turn in range(4):  # two workers, four jobs: each works 0.1 s and hands a coroutine over half-way
        start = 0.002 + 0.101 * (turn // 2)
        made.job(0.002, start, start + 0.1, MAIN, 1, WORKER + turn % 2)
        handed(made, 20 + turn, start + 0.05 + 0.001 * turn, 0.0002, WORKER + turn % 2)
    made.step(1, MAIN, 0.205, 0.206, 0.2041, foreign=WORKER)
    facts = made.facts()
    last = [facts.nodes.ref.tolist().index(20 + turn) for turn in range(4)]
    wider = facts.replayed(Change(workers={1: 4}))
    assert facts.baseline.start[last[3]] == pytest.approx(0.156, abs=0.005)
    assert wider.start[last[3]] == pytest.approx(0.056, abs=0.005)
    assert wider.last == pytest.approx(0.104, abs=0.005)


def test_what_a_thread_hands_over_comes_after_what_it_waited_for() -> None:
    made = MadeUp()
    made.task(1, MAIN, 0.0)
    made.step(1, MAIN, 0.001, 0.002)
    made.sleep(1, MAIN, 0.002, 0.32, 0.321)  # has nothing to do with it
    for turn in range(3):  # a thread without a loop: hands over, waits for it, thinks 0.05 s
        start = 0.1 + 0.25 * turn
        handed(made, 20 + turn, start, 0.2, WORKER)
    facts = made.facts()
    nodes = facts.nodes
    cut = {
        node: [Cut(0.0, 0.19, computes=False, takes=0.0)]
        for node in range(len(nodes.start))
        if nodes.run[node] > 0.1
    }
    assert facts.baseline.last == pytest.approx(0.8, abs=0.01)
    assert facts.replayed(Change(cut)).last == pytest.approx(0.321, abs=0.01)
    tasks = nodes.is_task & (nodes.ref != MAIN)
    assert facts.replayed(Change(cut)).end[tasks].max() == pytest.approx(0.23, abs=0.01)
