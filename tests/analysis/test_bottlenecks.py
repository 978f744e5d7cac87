"""Worker threads that wait for each other, told from where they stood: made-up threads with one stack after another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asyncwhy.analysis.bottlenecks import Bottleneck, Gate, bottlenecks
from asyncwhy.analysis.holds import Samples
from asyncwhy.model import Site

WAITS, HOLDS, ELSEWHERE = 1, 2, 3
SITES = {
    WAITS: Site("user.py", 10, 1, "work", None),
    HOLDS: Site("user.py", 12, 1, "work", None),
    ELSEWHERE: Site("user.py", 20, 1, "work", None),
}
GATE = Gate(SITES[WAITS], ("user.py", "work", 11, 15), frozenset())


def samples(stretches: list[tuple[float, float, int]], computing: float) -> Samples:
    """One row for each stretch (from, to, stack), with 10 ms to the next; the CPU used while it is held."""
    first = np.array([start for start, _, _ in stretches])
    last = np.array([end - 0.01 for _, end, _ in stretches])
    used = np.array([(end - start) * computing * (stack != WAITS) for start, end, stack in stretches])
    cpu = np.concatenate(([0.0], used.cumsum()[:-1])) + np.arange(len(first)) * 0.001
    none = np.zeros(len(first))
    stacks = np.array([stack for _, _, stack in stretches])
    return Samples(first, last, cpu, cpu, none, none, stacks, none.astype(np.int64))


def found(threads: list[list[tuple[float, float, int]]], computing: float = 0.0) -> list[Bottleneck]:
    """The bottlenecks of threads that run one job each."""
    facts: Any = SimpleNamespace(
        samples={number: samples(each, computing) for number, each in enumerate(threads)},
        line=SimpleNamespace(loop_threads=list, threads={}),
        by_worker={number: [number] for number in range(len(threads))},
        job_at=lambda thread, time: thread,
        stack=lambda number: (SITES[number],),
    )
    return bottlenecks(facts, lambda stack: GATE if stack[0] == SITES[WAITS] else None)


def in_turn(count: int, at_once: int, held: float = 0.1) -> list[list[tuple[float, float, int]]]:
    """Each waits for its turn, and then holds it."""
    made = []
    for number in range(count):
        turn = number // at_once * held
        waiting = [(0.0, turn, WAITS)] if turn else []
        made.append([*waiting, (turn, turn + held, HOLDS), (turn + held, turn + held + 0.02, ELSEWHERE)])
    return made


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_so_many_get_through_at_a_time(at_once: int) -> None:
    (one,) = found(in_turn(9, at_once))
    assert one.at_once == at_once
    assert {stay.job for stay in one.waits} == set(range(at_once, 9))
    assert one.waited_s == pytest.approx(sum(job // at_once * 0.1 for job in range(9)), abs=0.1)


def test_who_waits_for_the_work_that_one_does_for_all_wants_it() -> None:
    others = [[(0.0, 0.5, WAITS), (0.5, 0.8, ELSEWHERE)] for _ in range(5)]
    assert found([[(0.0, 0.5, HOLDS), (0.5, 0.8, ELSEWHERE)], *others]) == []


def test_what_nobody_is_seen_to_hold_is_no_bottleneck() -> None:
    assert found([[(0.0, 0.5, WAITS), (0.5, 0.6, HOLDS)], [(0.0, 0.6, ELSEWHERE)]]) == []


def test_holders_that_compute_would_gain_nothing_from_overlapping() -> None:
    assert found(in_turn(6, 1), computing=0.9) == []
    assert len(found(in_turn(6, 1), computing=0.2)) == 1
