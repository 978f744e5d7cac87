"""Short steps, together: what single samples cannot price, their sum can.

How long the steps of one function took in all is measured exactly; on which lines they spent it is
estimated from the samples that happened to fall into them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import BLOCKED_SHARE, Kind, Piece
from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.timeline import Floats, Ints

#: Fewer samples than this say nothing about lines.
FEWEST = 5
#: Steps shorter than this share of the long ones of their function only begin or end something.
NOTABLE = 0.25
#: Longer steps belong to the short ones of their function if these are this share of its time.
USUAL = 0.7


@dataclass
class Small:
    """The short steps of one function on one thread; `pieces` stand for them, one for each sample, and
    their lengths sum up to `total_s`."""

    thread: int
    ref: int
    steps: Ints
    total_s: float
    pieces: list[Piece]


def small_steps(facts: ProcessFacts, shorter_than: float) -> list[Small]:
    """The functions whose steps on loops are usually shorter than `shorter_than` seconds, with their samples.

    A few that took longer belong to them, since a busy machine lengthens some of many.
    """
    line = facts.line
    made: list[Small] = []
    for thread in line.loop_threads():
        own = facts.samples.get(thread)
        mine = np.flatnonzero(line.thread == thread)
        if own is None or not len(mine):
            continue
        sampled = _sampled(facts, thread, mine)
        for group in _by_place(facts, mine):
            steps = _usually_short(line.end[group] - line.start[group], group, shorter_than)
            if not len(steps):
                continue
            inside = np.zeros(len(line.start), bool)
            inside[steps] = True
            hits = [hit for hit in sampled if inside[hit[0]]]
            total = float((line.end[steps] - line.start[steps]).sum())
            weight = sum(hit[2] for hit in hits)
            pieces = [
                Piece(thread, int(line.ref[step]), step, float(line.start[step]),
                      float(line.start[step]) + total * count / weight, 0.0, 0.0, stack, 1, kind)
                for step, stack, count, kind in hits
            ]  # fmt: skip
            made.append(
                Small(thread, int(line.ref[steps[0]]), steps, total, pieces if weight >= FEWEST else [])
            )
    return made


def _usually_short(length: Floats, group: Ints, shorter_than: float) -> Ints:
    """The steps of a function, if those that do its work are short; without long ones that outweigh them."""
    working = length[length >= NOTABLE * np.percentile(length, 90)]
    if float(np.median(working)) >= shorter_than:
        return group[:0]
    usual = length < 4 * shorter_than
    return group if float(length[usual].sum()) >= USUAL * float(length.sum()) else group[usual]


def _by_place(facts: ProcessFacts, steps: Ints) -> list[Ints]:
    """Steps gathered by the function that they belong to."""
    kind = facts.line.kind[steps]
    order = np.argsort(kind, kind="stable")
    return [steps[part] for part in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1)]


def _sampled(facts: ProcessFacts, thread: int, steps: Ints) -> list[tuple[int, int, int, Kind]]:
    """(step, stack, weight, kind) of every sample that fell into one of `steps`."""
    line, own = facts.line, facts.samples[thread]
    starts, ends = line.start[steps], line.end[steps]
    at = np.searchsorted(starts, own.first, "right") - 1
    hit = (at >= 0) & (own.first <= ends[np.maximum(at, 0)] + 1e-4) & (own.stack > 0)
    every = np.flatnonzero(line.thread == thread)
    busy = held(_disjoint(line.start[every], line.end[every]), own.first)
    ran = np.diff(busy, prepend=busy[:1])
    wanted = own.cpu_first + own.delay
    used = np.diff(wanted, prepend=wanted[:1])
    blocked = used < BLOCKED_SHARE * ran
    return [
        (int(steps[at[index]]), int(own.stack[index]), max(int(own.count[index]), 1),
         Kind.BLOCKED if blocked[index] else Kind.BUSY)
        for index in np.flatnonzero(hit).tolist()
    ]  # fmt: skip


def _disjoint(start: Floats, end: Floats) -> Floats:
    clipped = np.minimum(end[:-1], start[1:])
    return np.column_stack((start, np.append(clipped, end[-1:])))
