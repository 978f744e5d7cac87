"""What a step did while it held its loop: pieces, each with one stack, its CPU time and a kind.

The samples that fall into a step cut it into pieces, half-way between two neighbours.  Little CPU in a
piece means *blocked*; CPU near its length means *busy*; and busy while the sampler could not wake, for
longer than the interpreter lets a thread keep the GIL, means one native call that kept it: *gil*.
What the thread stood in the system's run queue counts as CPU: it would have computed, had the machine let it.
A piece that was off the CPU while the process's other threads computed, and that was never off it for long,
waited for the GIL: *gil-wait*.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from asyncwhy.analysis.timeline import Floats, Timeline
from asyncwhy.trace import schema

#: Steps shorter than this are not cut up: fewer than one sample in three would find them (interval 5 ms).
LONG_S = 0.002
#: A piece with less CPU than this share of its length was off the CPU.
BLOCKED_SHARE = 0.5
#: The sampler's lateness beyond which a native call kept the GIL: CPython hands it over every 5 ms
#: (`sys.getswitchinterval()`); three times that leaves room for the scheduler.
LATE_FACTOR = 3.0
#: Several threads that compute in Python also keep the sampler late; who has the GIL alone uses this share of
#: the time itself.
ALONE_SHARE = 0.8
#: A thread that waits for the GIL wakes every 5 ms to ask for it, which costs it more CPU than this share;
#: one that sleeps or waits for I/O uses none.
ASLEEP_SHARE = 0.0005


class Kind(Enum):
    """What a piece of a hold was."""

    BLOCKED = "blocked"
    BUSY = "busy"
    GIL = "gil"
    GIL_WAIT = "gil-wait"


@dataclass(slots=True)
class Piece:
    """A stretch of one step with one stack; `calls` counts the separate calls seen in it."""

    thread: int
    ref: int
    step: int
    start: float
    end: float
    cpu_s: float
    late_s: float
    stack: int
    calls: int
    kind: Kind

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


@dataclass(slots=True)
class Samples:
    """The samples of one thread in order; `first`, `last` in seconds of the run, CPU in seconds.

    `delay` is what the thread had stood ready in the system's run queue, in seconds.
    """

    first: Floats
    last: Floats
    cpu_first: Floats
    cpu_last: Floats
    late: Floats
    delay: Floats
    stack: np.ndarray[Any, np.dtype[np.int64]]
    count: np.ndarray[Any, np.dtype[np.int64]]


def samples_of(timeline: Timeline) -> dict[int, Samples]:
    """The samples of every thread, in order of time."""
    rows = timeline.process.table("samples")
    begins = _begins(timeline, rows)
    made: dict[int, Samples] = {}
    for thread in np.unique(rows["thread"]).tolist():
        own = rows[rows["thread"] == thread]
        own = own[np.argsort(own["first"], kind="stable")]
        if thread in begins:
            own = np.concatenate((begins[thread], own))
        made[thread] = Samples(
            timeline.seconds(own["first"]),
            timeline.seconds(own["last"]),
            own["cpu_first"] / 1e9,
            own["cpu_last"] / 1e9,
            own["late_s"].astype(np.float64),
            own["delay"] / 1e9,
            own["stack"].astype(np.int64),
            own["count"].astype(np.int64),
        )
    return made


def _begins(timeline: Timeline, rows: Any) -> dict[int, Any]:
    """The CPU clock of each thread when its first loop began, as a sample without a stack: what the thread used
    before is no part of the first step."""
    made: dict[int, Any] = {}
    for event in timeline.process.named("run"):
        thread, time = event.get("number", 0), event["time"]
        first = rows[rows["thread"] == thread][:1]
        if thread in made or not len(first) or "cpu" not in event or time >= int(first["first"][0]):
            continue
        one = first.copy()
        one["first"] = one["last"] = time
        one["cpu_first"] = one["cpu_last"] = event["cpu"]
        one["stack"] = one["late_s"] = one["count"] = 0
        made[thread] = one
    return made


def cpu_between(samples: Samples, start: float, end: float) -> float:
    """CPU seconds that a thread used from `start` to `end`, between its readings in a straight line."""
    if len(samples.first) < 2:
        return 0.0
    times = np.column_stack((samples.first, samples.last)).ravel()
    clocks = np.column_stack((samples.cpu_first, samples.cpu_last)).ravel()
    low, high = np.interp((start, end), times, clocks)
    return float(high - low)


#: Samples of a thread that are no further apart (8 ms: they are 5 ms apart, and late) may be of one step.
ONE_S = 0.008


def add_unseen_steps(timeline: Timeline, samples: dict[int, Samples]) -> None:
    """Steps that the hooks did not see, made of the samples that found them.

    These are the callbacks that uvloop runs from compiled code, and a step that has not ended when the
    process was stopped.  They have no task and no lag.
    """
    spans: list[tuple[float, float, int]] = []
    for thread in timeline.loop_threads():
        own = samples.get(thread)
        if own is None:
            continue
        mine = timeline.thread == thread
        starts, ends = timeline.start[mine], timeline.end[mine]
        at = np.searchsorted(starts, own.first, "right") - 1
        inside = (at >= 0) & (own.first <= ends[np.maximum(at, 0)] if len(ends) else False)
        running = [(run.start, run.until(timeline.ended)) for run in timeline.loops if run.thread == thread]
        for index in np.flatnonzero(~inside & (own.stack > 0)).tolist():
            first, last = float(own.first[index]), float(own.last[index])
            if last - first < LONG_S or not any(low <= first <= high for low, high in running):
                continue
            before = spans[-1] if spans and spans[-1][2] == thread else (0.0, -1.0, 0)
            between = np.searchsorted(
                starts, (before[1], first), "right"
            )  # whether a step that was seen began
            if first - before[1] < ONE_S and between[0] == between[1]:
                spans[-1] = (before[0], last, thread)
            else:
                spans.append((first, last, thread))
    if spans:
        _insert(timeline, spans)


def _insert(timeline: Timeline, spans: list[tuple[float, float, int]]) -> None:
    start = np.concatenate([timeline.start, [span[0] for span in spans]])
    order = np.argsort(start, kind="stable")
    timeline.start = start[order]
    timeline.end = np.concatenate([timeline.end, [span[1] for span in spans]])[order]
    timeline.thread = np.concatenate([timeline.thread, [span[2] for span in spans]])[order]
    timeline.lag = np.concatenate([timeline.lag, np.zeros(len(spans))])[order]
    timeline.foreign = np.concatenate([timeline.foreign, np.zeros(len(spans), bool)])[order]
    timeline.ref = np.concatenate([timeline.ref, np.full(len(spans), schema.CALLBACK)])[order]


def pieces(timeline: Timeline, samples: dict[int, Samples]) -> list[Piece]:
    """All pieces of all long steps, in order of time in each thread."""
    made: list[Piece] = []
    switch = float(timeline.process.meta.get("switch_interval", 0.005))
    for thread in dict.fromkeys(timeline.thread.tolist()):
        own = samples.get(thread)
        if own is None:
            continue
        others = [other for number, other in samples.items() if number != thread]
        cutter = _Cutter(timeline, thread, own, others, switch)
        made.extend(cutter.cut())
    made = joined(made)
    agree(made)
    return made


def joined(pieces: list[Piece]) -> list[Piece]:
    """One call that waits is one piece, though its thread, or whoever has what it waits for, also waited for the GIL:
    pieces of one stack that follow each other in a step, most of whose time was off the CPU."""
    made: list[Piece] = []
    at = 0
    while at < len(pieces):
        end = at + 1
        while end < len(pieces) and _follows(pieces[end - 1], pieces[end]):
            end += 1
        run = pieces[at:end]
        waits = sum(piece.length for piece in run if piece.kind is Kind.GIL_WAIT)
        blocked = sum(piece.length for piece in run if piece.kind is Kind.BLOCKED)
        made.extend(_without_gil(run) if 0 < waits <= blocked else run)
        at = end
    return made


def _follows(before: Piece, after: Piece) -> bool:
    kinds = {before.kind, after.kind}
    same = (before.thread, before.step, before.stack) == (after.thread, after.step, after.stack)
    return same and kinds <= {Kind.BLOCKED, Kind.GIL_WAIT}


def _without_gil(run: list[Piece]) -> list[Piece]:
    """Each wait for the GIL as a part of the call that it was beside: the one before, or the first one after."""
    made: list[Piece] = []
    for piece in run:
        if made and Kind.GIL_WAIT in (piece.kind, made[-1].kind):
            _lengthen(made[-1], piece.end, piece.cpu_s, piece.late_s)
            made[-1].kind = Kind.BLOCKED if Kind.BLOCKED in (piece.kind, made[-1].kind) else Kind.GIL_WAIT
        else:
            made.append(piece)
    return made


def agree(pieces: list[Piece]) -> None:
    """A call at one place waits or computes: what a busy machine made look otherwise joins the majority, and so does
    what looks like a wait for the GIL where it mostly waits for something else (a lock, whose holder needs the GIL)."""
    lengths: dict[int, dict[Kind, float]] = {}
    for piece in pieces:
        own = lengths.setdefault(piece.stack, dict.fromkeys(Kind, 0.0))
        own[piece.kind] += piece.length
    for piece in pieces:
        own = lengths[piece.stack]
        computing = Kind.GIL if own[Kind.GIL] > own[Kind.BUSY] else Kind.BUSY
        waits = own[Kind.BLOCKED] > own[Kind.BUSY] + own[Kind.GIL]
        if piece.kind is Kind.GIL_WAIT:
            if waits and own[Kind.BLOCKED] >= own[Kind.GIL_WAIT]:
                piece.kind = Kind.BLOCKED
        elif waits != (piece.kind is Kind.BLOCKED):
            piece.kind = Kind.BLOCKED if waits else computing


class _Cutter:
    """Cuts the long steps of one thread."""

    def __init__(
        self, timeline: Timeline, thread: int, own: Samples, others: list[Samples], switch: float
    ) -> None:
        self.timeline, self.thread, self.own, self.others = timeline, thread, own, others
        self.late_from = LATE_FACTOR * switch
        holds = timeline.process.table("holds")
        holds = holds[holds["thread"] == thread]
        self.ends = dict(zip(holds["start"].tolist(), (holds["cpu"] / 1e9).tolist(), strict=True))

    def cut(self) -> list[Piece]:
        line, own = self.timeline, self.own
        mine = np.flatnonzero((line.thread == self.thread) & (line.end - line.start >= LONG_S))
        low = np.searchsorted(own.last, line.start[mine], "left")
        high = np.searchsorted(own.first, line.end[mine], "right")
        made: list[Piece] = []
        for step, first, last in zip(mine.tolist(), low.tolist(), high.tolist(), strict=True):
            inside = [index for index in range(first, last) if own.stack[index]]
            if inside:
                made.extend(self._step(step, inside))
        return made

    def _step(self, step: int, inside: list[int]) -> list[Piece]:
        line, own = self.timeline, self.own
        begin, end = float(line.start[step]), float(line.end[step])
        starts = [max(float(own.first[index]), begin) for index in inside]
        lasts = [min(float(own.last[index]), end) for index in inside]
        edges = [begin]
        edges += [(last + following) / 2 for last, following in zip(lasts, starts[1:], strict=False)]
        edges.append(end)
        clocks = self._clocks(inside, begin)
        delays = self._delays(inside)
        made: list[Piece] = []
        for place, index in enumerate(inside):
            low, high = edges[place], edges[place + 1]
            cpu = max(clocks[place + 1] - clocks[place], 0.0)
            late = min(float(own.late[index]), high - low)
            kind = self._kind(low, high, cpu, delays[place], late)
            stack = int(own.stack[index])
            if made and made[-1].stack == stack and made[-1].kind is kind and kind is not Kind.BLOCKED:
                _lengthen(made[-1], high, cpu, late)
            else:
                made.append(
                    Piece(self.thread, int(line.ref[step]), step, low, high, cpu, late, stack, 1, kind)
                )
        return made

    def _clocks(self, inside: list[int], begin: float) -> list[float]:
        """The thread's CPU clock at each edge: at the begin, half-way between samples, at the end."""
        own = self.own
        first = inside[0]
        least = float(own.cpu_first[first]) - max(float(own.first[first]) - begin, 0.0)
        before = least
        if first > 0 and float(own.last[first - 1]) <= begin:
            # What the thread used between the last reading and this step belongs to the steps between.
            line = self.timeline
            reading = float(own.last[first - 1])
            low, high = np.searchsorted(line.start, (reading, begin))
            between = slice(int(low), int(high))
            mine = line.thread[between] == self.thread
            used = float((line.end[between] - line.start[between])[mine].sum())
            before = min(max(float(own.cpu_last[first - 1]) + used, least), float(own.cpu_first[first]))
        made = [before]
        made += [
            (float(own.cpu_last[index]) + float(own.cpu_first[following])) / 2
            for index, following in zip(inside, inside[1:], strict=False)
        ]
        at_end = self.ends.get(self._ns(begin))
        made.append(float(own.cpu_last[inside[-1]]) if at_end is None else at_end)
        return made

    def _delays(self, inside: list[int]) -> list[float]:
        """What the thread stood in the run queue during each piece, whose edges lie half-way between samples."""
        delay = self.own.delay
        edges = [float(delay[max(inside[0] - 1, 0)])]
        edges += [
            float(delay[one] + delay[after]) / 2 for one, after in zip(inside, inside[1:], strict=False)
        ]
        edges.append(float(delay[inside[-1]]))
        return [max(after - before, 0.0) for before, after in zip(edges, edges[1:], strict=False)]

    def _ns(self, start: float) -> int:
        return round(start * 1e9) + self.timeline.origin_ns

    def _kind(self, low: float, high: float, cpu: float, delay: float, late: float) -> Kind:
        length = max(high - low, 1e-9)
        elsewhere = sum(cpu_between(other, low, high) for other in self.others)
        if cpu + delay >= BLOCKED_SHARE * length:
            alone = elsewhere < 0.3 * length or cpu >= ALONE_SHARE * length
            return Kind.GIL if late >= self.late_from and late >= 0.5 * length and alone else Kind.BUSY
        if elsewhere >= 0.6 * length and cpu >= ASLEEP_SHARE * length:
            return Kind.GIL_WAIT
        return Kind.BLOCKED


def _lengthen(piece: Piece, end: float, cpu: float, late: float) -> None:
    piece.end = end
    piece.cpu_s += cpu
    piece.late_s += late
