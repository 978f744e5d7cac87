"""Awaits begun together take as long as the longest; with a bound, as long as the lanes do; nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.overlap import Branch, Overlaps
from asyncwhy.analysis.rewiring import Rewiring
from tests.analysis.programs import Job, Sleep
from tests.analysis.test_replay import facts_of

SLACK_S = 2e-3

waits = st.lists(st.floats(0.01, 1.0), min_size=2, max_size=20)


def overlapped(actions: list[object], lanes: int) -> float:
    """How long a task takes that makes these waits, after the change."""
    facts = facts_of(tuple(actions), workers=len(actions))
    line, nodes = facts.line, facts.nodes
    rows = line.process.table("waits")
    branches = [
        Branch(began, began + length)
        for began, length in zip(
            ((rows["start"].astype("i8") - line.origin_ns) / 1e9).tolist(),
            rows["await_s"].tolist(),
            strict=True,
        )
    ]
    rewired = Rewiring()
    task = int(rows["task"][0])
    Overlaps(nodes).together(rewired, task, branches, lanes)
    return facts.replayed(Change(rewired=rewired)).last - facts.line.begun


@settings(max_examples=60, deadline=None)
@given(waits)
def test_begun_together_they_take_as_long_as_the_longest(lengths: list[float]) -> None:
    took = overlapped([Sleep(length) for length in lengths], len(lengths))
    assert took == pytest.approx(max(lengths), abs=SLACK_S)


@settings(max_examples=60, deadline=None)
@given(waits)
def test_jobs_of_a_large_enough_pool_overlap_as_well(lengths: list[float]) -> None:
    took = overlapped([Job(length) for length in lengths], len(lengths))
    assert took == pytest.approx(max(lengths), abs=SLACK_S)


@settings(max_examples=60, deadline=None)
@given(waits, st.integers(1, 8))
def test_a_bound_lies_between_one_at_a_time_and_all_at_once(lengths: list[float], lanes: int) -> None:
    took = overlapped([Sleep(length) for length in lengths], lanes)
    longest_lane = max(sum(lengths[lane::lanes]) for lane in range(lanes))
    assert took == pytest.approx(longest_lane, abs=SLACK_S)
