"""Stretches in which a loop was behind: what had become ready stood in a queue that did not get empty.

Only what timers, peers and other threads made ready is looked at: it has a time of its own at which it should
have run.  What tasks hand each other in the midst of a computation is never late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.timeline import Floats, Ints, Timeline

#: Something ready is late from this on (5 ms): a healthy loop takes it up within one.
LATE_S = 0.005
#: A stretch shorter than this (50 ms) is a burst.
LEAST_S = 0.05
#: All stretches together, without what the machine took of them (0.2 s): less is a burst or two that drain.
ENOUGH_S = 0.2
#: What became ready must have done so over this share of the stretch: a burst that drains came all at once.
SPREAD = 0.3
#: This many must stand in the queue on average, and this many must have been late.
QUEUE = 20.0
FEWEST = 200
#: Steps from this length on (5 ms) are holds; they may fill this share of a stretch, or they are the cause.
HOLD_S = 0.005
HOLDS = 0.5
#: Longer steps on average than this (0.2 ms) are work of their own: see many-small-holds.
STEP_S = 0.0002
#: The machine itself may have kept the thread waiting for this share of the stretch, and what is left of the
#: lateness without that share must still be late.
MACHINE = 0.75


@dataclass(frozen=True)
class Saturation:
    """A loop that was behind during `spans`: the late steps, all steps in them, and the mean queue."""

    thread: int
    spans: Floats
    late: Ints
    steps: Ints
    queue: float

    @property
    def lasted_s(self) -> float:
        """Seconds for which it was behind."""
        return float((self.spans[:, 1] - self.spans[:, 0]).sum())


def saturated(facts: ProcessFacts) -> list[Saturation]:
    """The loops of the process that were behind."""
    made = []
    for thread in facts.line.loop_threads():
        one = _loop(facts, thread)
        if one is not None:
            made.append(one)
    return made


def _loop(facts: ProcessFacts, thread: int) -> Saturation | None:
    line = facts.line
    mine = np.flatnonzero(line.thread == thread)
    late = mine[(line.root[mine] < 0) & (line.late[mine] >= LATE_S)]
    if len(late) < FEWEST:
        return None
    spans = _stretches(line, late)
    if not len(spans):
        return None
    late = late[_within(spans, line.start[late])]
    steps = mine[_within(spans, line.start[mine])]
    lasted = float((spans[:, 1] - spans[:, 0]).sum())
    length = (line.end - line.start)[steps]
    queue = float(line.late[late].sum()) / lasted
    if len(late) < FEWEST or queue < QUEUE:
        return None
    machine = _machine(facts, thread, spans)
    left = lasted - machine
    # A thread that the machine puts off is in some step then, and makes a hold of it.
    held_s = float(length[length >= HOLD_S].sum()) - machine
    if left < ENOUGH_S or held_s > HOLDS * left or left > STEP_S * len(steps):
        return None
    if machine > MACHINE * lasted or left / lasted * float(line.late[late].mean()) < LATE_S:
        return None
    return Saturation(thread, spans, late, steps, queue)


def _stretches(line: Timeline, late: Ints) -> Floats:
    """The union of the late intervals, of which those stay that are long and were fed all along."""
    since, until = line.start[late] - line.late[late], line.start[late]
    order = np.argsort(since)
    since, until = since[order], until[order]
    reach = np.maximum.accumulate(until)
    first = np.flatnonzero(np.concatenate(([True], since[1:] > reach[:-1])))
    last = np.append(first[1:], len(since)) - 1
    made = []
    for low, high in zip(first.tolist(), last.tolist(), strict=True):
        begin, end = float(since[low]), float(reach[high])
        early, later = np.percentile(since[low : high + 1], (10, 90))
        if end - begin >= LEAST_S and later - early >= SPREAD * (end - begin):
            made.append((begin, end))
    return np.array(made, dtype=np.float64).reshape(-1, 2)


def _within(spans: Floats, times: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    at = np.searchsorted(spans[:, 0], times, "right") - 1
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (at >= 0) & (times <= spans[np.maximum(at, 0), 1])
    return inside


def _machine(facts: ProcessFacts, thread: int, spans: Floats) -> float:
    """Seconds that the thread stood in the system's run queue during the spans."""
    own = facts.samples.get(thread)
    if own is None or len(own.first) < 2:
        return 0.0
    grown = np.diff(np.maximum.accumulate(own.delay), prepend=own.delay[:1])
    edges = np.concatenate((own.first[:1], own.first[:-1]))
    share = held(spans, own.first) - held(spans, edges)
    length = np.maximum(own.first - edges, 1e-9)
    return float((grown * np.clip(share / length, 0.0, 1.0)).sum())
