"""A task that makes itself ready waits for nothing; one that somebody else, or the outside, made ready did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asyncwhy.analysis.unbroken import Unbroken

TASK, OTHER, NOBODY = 1, 2, -1

#: The steps of a task between two waits, after the one that ended the first: who made each ready.
BETWEEN = {
    "goes on at once": ([], True),
    "lets others run": ([TASK], True),
    "lets others run twice": ([TASK, TASK], True),
    "is brought something by another task": ([OTHER], False),
    "is brought something from outside": ([NOBODY], False),
    "waits in the midst": ([TASK, NOBODY, TASK], False),
}


def timeline(wakers: list[int]) -> tuple[Any, float]:
    """One step of another task, one of the task that ends its wait at 1.0, those in question; and when they end."""
    start, ref, root = [0.5, 1.0], [OTHER, TASK], [-1, -1]
    for waker in wakers:
        before = len(start) - 1
        start.append(start[-1] + 0.0002)
        ref.append(TASK)
        root.append({TASK: before, OTHER: 0, NOBODY: -1}[waker])
    line = SimpleNamespace(start=np.array(start), ref=np.array(ref), root=np.array(root))
    return line, start[-1] + 0.0001


@pytest.mark.parametrize("what", BETWEEN)
def test_between_two_waits(what: str) -> None:
    wakers, unbroken = BETWEEN[what]
    line, until = timeline(wakers)
    assert Unbroken(line).between(TASK, 1.0, until) is unbroken


def test_what_comes_before_and_after_does_not_count() -> None:
    line, until = timeline([NOBODY, TASK, NOBODY])
    steps = Unbroken(line)
    assert not steps.between(TASK, 1.0, until)
    assert steps.between(TASK, 1.0002, 1.0005)
