"""Timeouts that came due while their loop was held: who gave up, and whether the answer was there."""

from __future__ import annotations

import numpy as np
import pytest

from asyncwhy.analysis.timeouts import TimedOut, timed_out
from asyncwhy.model import Site
from asyncwhy.trace import schema
from tests.analysis.made_up import MadeUp
from tests.analysis.programs import _ns

ASKS, HOLDS, OTHER = 1, 2, 3
TIMEOUT = schema.CALLBACK | schema.TIMER | 7000
WAITS = 700  # the stack of the wait; its first place is the code of the timer's callback
LINE = Site("/home/app.py", 12, 1, "ask")
TIMER = Site("/lib/asyncio/timeouts.py", 100, 1, "Timeout._on_timeout")


def found(*, answered: bool = False, due: float = 0.3, others: int = 0) -> list[TimedOut]:
    """A loop that is held from 0.2 s to 1 s, and a timer that cancels a task which waits since 0.1 s."""
    made = MadeUp()
    made.stacks.update({WAITS: (TIMER,), WAITS + 1: (LINE,)})
    for task in (ASKS, HOLDS, OTHER):
        made.task(1, task, 0.0, by=(LINE,))
    made.step(1, ASKS, 0.05, 0.1)
    made.step(1, HOLDS, 0.2, 1.0)
    made.step(1, TIMEOUT, 1.001, 1.0011, due)
    made.step(1, ASKS, 1.002, 1.003, 1.0005 if answered else 1.00109)
    made.waits.append((_ns(0.1), 0.902, 0.9, ASKS, WAITS + 1, 1, 0, 1))
    for _ in range(others):
        made.step(1, OTHER, 1.004, 1.005, 1.0006)
    facts = made.facts()
    return timed_out(facts.line, facts.standing, 1, np.array([(0.2, 1.0)]))


@pytest.mark.parametrize("answered", [False, True])
def test_who_gave_up_is_told(answered: bool) -> None:
    (one,) = found(answered=answered)
    assert (one.task, one.stack) == (ASKS, WAITS + 1)
    assert one.due == pytest.approx(0.3)
    assert (one.came is not None) == answered


def test_a_timer_that_was_due_later_is_not_the_holds_fault() -> None:
    assert found(due=1.0005) == []


def test_of_several_that_were_ready_nobody_knows_which_it_cancelled() -> None:
    assert found(answered=True, others=1) == []
