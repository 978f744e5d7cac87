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


parts_of = st.lists(
    st.tuples(st.floats(0.01, 0.5), st.lists(st.floats(0.01, 0.5), min_size=1, max_size=5)),
    min_size=2,
    max_size=6,
)


def as_taken(
    parts: list[tuple[float, list[float]]], lanes: int, *, pinned: bool
) -> tuple[float, list[float]]:
    """How long a task takes that waits for something and then for each of what came, after the change; and when,
    in the record, each of those waits was over."""
    actions = [Sleep(length) for fetch, bodies in parts for length in (fetch, *bodies)]
    facts = facts_of(tuple(actions))
    line, nodes = facts.line, facts.nodes
    rows = line.process.table("waits")
    starts = ((rows["start"].astype("i8") - line.origin_ns) / 1e9).tolist()
    branches = [
        Branch(began, began + length) for began, length in zip(starts, rows["await_s"].tolist(), strict=True)
    ]
    given: list[tuple[Branch | None, list[Branch]]] = []
    for _, bodies in parts:
        given.append((branches.pop(0), [branches.pop(0) for _ in bodies]))
    rewired = Rewiring()
    Overlaps(nodes).as_taken(rewired, int(rows["task"][0]), given, lanes, pinned=pinned)
    took = facts.replayed(Change(rewired=rewired)).last - facts.line.begun
    return took, [fetch.end - facts.line.begun for fetch, _ in given if fetch is not None]


def in_lanes(bodies: list[float], lanes: int) -> float:
    return max(sum(bodies[lane::lanes]) for lane in range(lanes))


@settings(max_examples=60, deadline=None)
@given(parts_of, st.integers(1, 8))
def test_what_comes_next_is_fetched_while_what_came_is_handled(
    parts: list[tuple[float, list[float]]], lanes: int
) -> None:
    took, _ = as_taken(parts, lanes, pinned=False)
    fetched, over = 0.0, 0.0
    for fetch, bodies in parts:
        fetched += fetch
        over = max(over, fetched + in_lanes(bodies, lanes))
    assert took == pytest.approx(over, abs=SLACK_S)


@settings(max_examples=60, deadline=None)
@given(parts_of, st.integers(1, 8))
def test_what_others_bring_comes_no_sooner_because_it_is_awaited(
    parts: list[tuple[float, list[float]]], lanes: int
) -> None:
    took, came = as_taken(parts, lanes, pinned=True)
    over = max(at + in_lanes(bodies, lanes) for at, (_, bodies) in zip(came, parts, strict=True))
    assert took == pytest.approx(over, abs=SLACK_S)
