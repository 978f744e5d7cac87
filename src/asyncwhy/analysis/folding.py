"""The nodes of a process as records to be drawn: one per node, or neighbours folded where there are too many.

A node is folded with its neighbours of the same row (a task, or a thread's callbacks) that begin within the same
slot of time; the slots are as wide as it takes to stay within the budget.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.replay import Replay
from asyncwhy.analysis.tasks import Task
from asyncwhy.analysis.timeline import Floats, Ints
from asyncwhy.analysis.tracks import Places
from asyncwhy.picture import Records, Times

#: Rows of tasks; of further ones only the number is kept.
MOST_TASKS = 30_000
#: The narrowest slot, as a share of the run.
NARROWEST = 1 / 400_000
_KINDS = {Kind.BLOCKED: 1, Kind.BUSY: 2, Kind.GIL: 3, Kind.GIL_WAIT: 4}


@dataclass
class Folded:
    """Which nodes (`order`, sorted by row and start) are which record (`first`: where each begins in `order`)."""

    facts: ProcessFacts
    tasks: list[Task]
    order: Ints
    first: Ints
    row: Ints

    @property
    def record_of(self) -> Ints:
        """The record of every node; -1 for nodes that are not drawn."""
        made = np.full(len(self.facts.nodes.start), -1)
        made[self.order] = np.repeat(np.arange(len(self.first)), self.steps)
        return made

    @property
    def steps(self) -> Ints:
        """How many nodes each record has."""
        return np.diff(np.append(self.first, len(self.order)))


def fold(facts: ProcessFacts, threads: list[int], budget: int) -> Folded:
    """The records of a process, at most about `budget` of them."""
    nodes = facts.nodes
    tasks = _tasks(facts)
    row = np.full(len(nodes.start), -1)
    refs = np.array([task.number for task in tasks], np.int64)
    if len(refs):
        by_ref = np.argsort(refs)
        at = np.minimum(np.searchsorted(refs[by_ref], nodes.ref), len(refs) - 1)
        known = nodes.is_task & (refs[by_ref][at] == nodes.ref)
        row[known] = by_ref[at][known]
    for index, thread in enumerate(threads):
        row[~nodes.is_task & (nodes.thread == thread)] = len(tasks) + index
    ran = np.flatnonzero((row >= 0) & (nodes.end > 0))
    order = ran[np.lexsort((nodes.start[ran], row[ran]))]
    first = _slots(row[order], nodes.start[order], facts.line.ended, budget)
    return Folded(facts, tasks, order, first, row[order][first])


def _tasks(facts: ProcessFacts) -> list[Task]:
    """The tasks of the program's own, in the order in which they were made; of very many those that ran longest."""
    of, line, tasks = facts.origins.of, facts.line, facts.line.tasks
    codes = [(code, line.code_of(code)) for code in np.unique(tasks.code).tolist()]
    standard = [code for code, place in codes if place and of(place.site.file) is Origin.STANDARD]
    rows = np.flatnonzero(~np.isin(tasks.code, standard))
    if len(rows) > MOST_TASKS:
        nodes = facts.nodes
        last = Latest(nodes.ref, nodes.start).last(tasks.number[rows])
        lasted = np.where(last >= 0, nodes.end[last], 0.0) - tasks.created[rows]
        rows = rows[np.sort(np.argsort(-lasted, kind="stable")[:MOST_TASKS])]
    rows = rows[np.argsort(tasks.created[rows], kind="stable")]
    return [tasks[number] for number in tasks.number[rows].tolist()]


def _slots(row: Ints, start: Floats, ended: float, budget: int) -> Ints:
    count = len(row)
    if count <= budget:
        return np.arange(count)
    new_row = np.ones(count, bool)
    new_row[1:] = row[1:] != row[:-1]
    width = max(ended, 1e-6) * NARROWEST
    for _ in range(40):
        slot = np.floor(start / width)
        new = new_row.copy()
        new[1:] |= slot[1:] != slot[:-1]
        if new.sum() <= max(budget, new_row.sum()):
            return np.flatnonzero(new)
        width *= 1.5
    return np.flatnonzero(new_row)


def times(folded: Folded, replay: Replay, change: Change | None) -> Times:
    """When each record was released, began and ended, in the run as it went or in a replay of it."""
    nodes, order, first = folded.facts.nodes, folded.order, folded.first
    release, start, end = replay.release.copy(), replay.start.copy(), replay.end.copy()
    never = end <= 0  # with the change it does not happen
    release[never] = start[never] = end[never] = nodes.release[never]
    held = end - start
    for node, left, back in replay.delays:
        held[node] -= back - left
    jobs = np.array(replay.jobs if change else _as_it_went(folded.facts), np.float64).reshape(-1, 2)
    if not len(order):
        empty = np.zeros(0)
        return Times(empty, empty, empty, empty, empty, jobs[:, 0], jobs[:, 1])
    single = folded.steps == 1
    begins = start[order][first]
    starts = np.where(single, begins, np.minimum.reduceat(start[order], first))
    ends = np.maximum.reduceat(end[order], first)
    return Times(
        release=np.minimum(release[order][first], starts),
        start=starts,
        end=np.maximum(ends, starts),
        held=np.where(single, 0.0, np.add.reduceat(held[order], first)),
        ready=np.where(single, 0.0, np.add.reduceat(np.maximum(start - release, 0.0)[order], first)),
        job_start=jobs[:, 0],
        job_end=jobs[:, 1],
        away=_away(folded, replay, change),
    )


def _as_it_went(facts: ProcessFacts) -> list[tuple[float, float]]:
    last = facts.line.ended
    made = []
    for job in facts.jobs:
        end = last if job.end is None else job.end
        made.append((min(job.submitted if job.start is None else job.start, end), end))
    return made


def _away(folded: Folded, replay: Replay, change: Change | None) -> Floats:
    """The stretches that leave the loop, of records that are one node."""
    if change is None or not replay.delays:
        return np.zeros((0, 5))
    nodes, record_of = folded.facts.nodes, folded.record_of
    single = folded.steps == 1
    seen: dict[int, int] = {}
    made = []
    for node, left, back in sorted(replay.delays):
        cuts, number = change.cuts.get(node, []), seen.get(node, 0)
        seen[node] = number + 1
        record = int(record_of[node]) if node < len(record_of) else -1
        if record < 0 or not single[record] or number >= len(cuts):
            continue
        begun, ended = float(nodes.start[node]), float(nodes.end[node])
        low = min(begun + cuts[number].offset, ended)
        made.append((record, low, min(low + cuts[number].length, ended), left, back))
    return np.array(made, np.float64).reshape(-1, 5)


def records(folded: Folded, places: Places, threads: dict[int, int]) -> Records:
    """What is told of each record besides its times; `threads` gives the index of a thread's number."""
    facts, order, first = folded.facts, folded.order, folded.first
    nodes = facts.nodes
    heads = order[first] if len(first) else order
    kind, call = _kinds(folded, places)
    return Records(
        row=folded.row,
        thread=np.array([threads.get(number, -1) for number in nodes.thread[heads].tolist()], np.int64),
        kind=kind,
        steps=folded.steps,
        call=call,
        awaits=_awaits(facts, heads, places),
        waker=_wakers(folded, heads),
    )


def _kinds(folded: Folded, places: Places) -> tuple[Ints, Ints]:
    """Per record the kind that most of its pieces have, and where the longest of them stood."""
    facts, record_of = folded.facts, folded.record_of
    count = len(folded.first)
    kind, call = np.zeros(count, np.int64), np.zeros(count, np.int64)
    most: dict[int, float] = {}
    sums: dict[tuple[int, int], float] = {}
    for piece in facts.pieces:
        record = int(record_of[facts.nodes.node_of[piece.step]]) if piece.step >= 0 else -1
        if record < 0:
            continue
        key = record, _KINDS[piece.kind]
        sums[key] = sums.get(key, 0.0) + piece.length
        if piece.length > most.get(record, 0.0):
            most[record] = piece.length
            call[record] = places.innermost(facts, piece.stack)
    longest: dict[int, float] = {}
    for (record, code), length in sums.items():
        if length > longest.get(record, 0.0):
            longest[record] = length
            kind[record] = code
    return kind, call


def _awaits(facts: ProcessFacts, heads: Ints, places: Places) -> Ints:
    """What the wait before each record was for: the latest one of its task that began before it was released."""
    stacks = _wait_stacks(facts, heads)
    known = {stack: places.innermost(facts, stack) for stack in np.unique(stacks).tolist()}
    return np.array([known[stack] for stack in stacks.tolist()], np.int64)


def waiting_at(folded: Folded, lines: set[tuple[str, int]]) -> Ints:
    """The records before which their task waited at one of these lines, or in what was called there."""
    facts = folded.facts
    stacks = _wait_stacks(facts, folded.order[folded.first] if len(folded.first) else folded.order)
    found = [
        stack
        for stack in np.unique(stacks).tolist()
        if stack and any((site.file, site.line) in lines for site in facts.stack(stack))
    ]
    return np.flatnonzero(np.isin(stacks, found))


def _wait_stacks(facts: ProcessFacts, heads: Ints) -> Ints:
    nodes = facts.nodes
    rows = facts.process.table("waits")
    if not len(rows) or not len(heads):
        return np.zeros(len(heads), np.int64)
    rows = rows[np.argsort(rows["start"], kind="stable")]
    began = facts.line.seconds(rows["start"])
    latest = Latest(rows["task"].astype(np.int64), began)
    at = latest.before(nodes.ref[heads], nodes.start[heads])
    before = nodes.previous[heads]
    good = (at >= 0) & (before >= 0) & nodes.is_task[heads]
    good &= began[np.maximum(at, 0)] >= nodes.start[before] - 1e-6
    return np.where(good, rows["stack"].astype(np.int64)[np.maximum(at, 0)], 0)


def _wakers(folded: Folded, heads: Ints) -> Ints:
    nodes = folded.facts.nodes
    waker = np.full(len(nodes.start), -1)
    np.maximum.at(waker, nodes.edges.child, nodes.edges.node)
    record_of = folded.record_of
    own = waker[heads]
    made = np.where(own >= 0, record_of[own], -1)
    return np.where(made == np.arange(len(heads)), -1, made)
