"""Threads that answer tasks: which waits each one ended, and how many tasks stood in its queue meanwhile.

A library (or the user) may keep a thread of its own that takes requests out of a queue, works on one after the
other, and hands each result back with `call_soon_threadsafe`: a database connection, a device, an actor.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.contention import Take
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lookup import union

#: A wake-up and the handle that it schedules are noted one after the other; in between the thread may lose the
#: GIL for a switch interval (5 ms).
PAIRED_S = 0.006


@dataclass(frozen=True, slots=True)
class Answered:
    """A wait of a task that a thread ended at `when`; `own_s` of it passed after the thread's answer before.  `put` is
    when what it answers was put into the thread's queue, which may be before the task began to wait for it."""

    task: int
    step: int
    asked: float
    when: float
    own_s: float
    put: float

    @property
    def queued_s(self) -> float:
        """Seconds during which the thread still worked for others."""
        return max(self.when - min(self.asked, self.put) - self.own_s, 0.0)

    @property
    def spared_s(self) -> float:
        """How much of the wait there would not have been without the queue."""
        return min(self.queued_s, self.when - self.asked)


@dataclass(frozen=True, slots=True)
class Answering:
    """A thread with all that it answered; `at_once` tasks, or what they had put, waited for it on average while any
    did, and for `idle` of that time it waited itself."""

    thread: int
    answers: list[Answered]
    at_once: float
    idle: float


def answering(facts: ProcessFacts) -> list[Answering]:
    """The threads that are no pool's and no loop's, and answer tasks."""
    line = facts.line
    others = set(line.threads) - set(line.loop_threads()) - {job.worker for job in facts.jobs}
    others = {number for number in others if not _serves_processes(facts, number)}
    rows = np.sort(line.process.table("wakeups"), order="time")
    if not np.isin(rows["thread"], list(others)).any():
        return []
    woken = np.flatnonzero(line.root_foreign & line.is_task)
    times = line.seconds(rows["time"])
    at = np.searchsorted(times, line.when[woken] + 1e-9, "right") - 1
    before = _step_before(facts)
    by_thread: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for step, row in zip(woken.tolist(), at.tolist(), strict=True):
        thread = int(rows["thread"][row]) if row >= 0 else 0
        if thread in others and line.when[step] - times[row] <= PAIRED_S and before[step] >= 0:
            by_thread[thread].append((float(line.when[step]), float(line.end[before[step]]), step))
    return [_answering(facts, thread, sorted(own)) for thread, own in by_thread.items()]


def _serves_processes(facts: ProcessFacts, thread: int) -> bool:
    """Whether it is a process pool's own, which brings home what others answer."""
    target = facts.line.threads[thread].target
    return target is not None and target.site.file.endswith("/concurrent/futures/process.py")


def _step_before(facts: ProcessFacts) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The step of the same task before each step; -1 for its first."""
    ref = facts.line.ref
    order = np.argsort(ref, kind="stable")
    made = np.full(len(ref), -1)
    same = ref[order][1:] == ref[order][:-1]
    made[order[1:][same]] = order[:-1][same]
    return made


def _answering(facts: ProcessFacts, thread: int, own: list[tuple[float, float, int]]) -> Answering:
    made, last = [], 0.0
    taken = _taken(facts, thread)
    for when, asked, step in own:
        at = bisect_right(taken, when, key=lambda take: take.got) - 1
        known = at >= 0 and taken[at].got >= last
        begun = max(taken[at].got, last) if known else max(asked, last)
        put = taken[at].put if known else asked
        made.append(Answered(int(facts.line.ref[step]), step, asked, when, max(when - begun, 0.0), put))
        last = when
    spans = np.array([(min(one.asked, one.put), max(one.when, one.asked)) for one in made])
    busy = union(spans)
    at_once = float((spans[:, 1] - spans[:, 0]).sum()) / max(busy, 1e-9)
    rests = [
        (max(one.start, low), min(one.end, high))
        for one in facts.waits.get(thread, [])
        for low, high in _merged(spans)
        if one.start < high and low < one.end
    ]
    idle = union(np.array(rests)) / max(busy, 1e-9) if rests else 0.0
    return Answering(thread, made, at_once, idle)


def _taken(facts: ProcessFacts, thread: int) -> list[Take]:
    """What a thread took out of a queue that nobody else takes from, in order."""
    known = facts.contention.by_threads
    own = {take.primitive for take in known if take.thread == thread}
    shared = {take.primitive for take in known if take.thread != thread}
    return [take for take in known if take.primitive in own - shared]


def _merged(spans: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[tuple[float, float]]:
    made: list[tuple[float, float]] = []
    for low, high in sorted(map(tuple, spans.tolist())):
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        else:
            made.append((low, high))
    return made
