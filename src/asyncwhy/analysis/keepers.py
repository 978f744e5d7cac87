"""Threads without a loop that kept the GIL in native calls: they stop every loop of the process.

The sampler woke late for want of the GIL.  Whoever kept it meanwhile computed nearly all that time: one thread
alone, or several, each for very long and one after another.  Threads that pass the GIL round make the sampler late
as well, and each of them computes a small part; those that need no GIL compute at once, and more than the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.holds import ALONE_SHARE, BLOCKED_SHARE, LATE_FACTOR, Kind, Piece, Samples, cpu_between
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.timeline import Timeline

#: Beside the keepers others may compute this share of what they did.
OTHERS_SHARE = 0.3
#: A thread that computed for so long before the sampler got the GIL was not passing it round: twenty of the
#: 5 ms after which the interpreter hands it over.
KEPT_S = 0.1
#: The sampler's longest pause while anything runs (see `agents/python`): a reading that is older by more than this
#: is none of the tick before.
PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a thread did in the seconds before a late tick: CPU, and what it stood ready for a core; both together
    since the tick before (`spent_s`).  Where it is not `known` when it computed, the CPU is the most that it may be.
    `began` is when its last job did."""

    cpu_s: float
    queued_s: float
    spent_s: float
    began: float
    known: bool = True


def keepers(
    timeline: Timeline, samples: dict[int, Samples], jobs: Iterable[Job], loops: set[int]
) -> list[Piece]:
    """The stretches in which such a thread kept the GIL, one thread at any one time."""
    late_from = LATE_FACTOR * float(timeline.process.meta.get("switch_interval", 0.005))
    done: dict[int, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.start is not None:
            done[job.worker].append(job)
    made: list[Piece] = []
    for end, rows in sorted(_late_ticks(samples, late_from).items()):
        late = max(float(samples[thread].late[index]) for thread, index in rows.items())
        look = _Look(timeline, samples, done, end, late)
        ran = {thread: look.ran(thread, rows.get(thread)) for thread in {*samples, *done}}
        begun = end
        for thread in sorted(_kept(ran, late), key=lambda thread: -ran[thread].began):
            # It may have begun as long before as the sampler pauses.
            length = min(ran[thread].spent_s, begun - (end - late - PAUSE_S))
            if thread in rows and thread not in loops:
                index = rows[thread]
                stack = int(samples[thread].stack[index])
                piece = Piece(
                    thread, 0, -1 - index, begun - length, begun, length, length, stack, 1, Kind.GIL
                )
                made.append(piece)
            begun -= length
    return made


def _late_ticks(samples: dict[int, Samples], late_from: float) -> dict[float, dict[int, int]]:
    """The ticks for which the sampler woke late: the threads that had computed since, with their samples' indices."""
    made: dict[float, dict[int, int]] = {}
    for thread, own in samples.items():
        for index in np.flatnonzero((own.late >= late_from) & (own.stack > 0)).tolist():
            made.setdefault(float(own.first[index]), {})[thread] = index
    return made


@dataclass(frozen=True, slots=True)
class _Look:
    """Asks what each thread did in the `late` seconds before the tick at `end`."""

    timeline: Timeline
    samples: dict[int, Samples]
    jobs: dict[int, list[Job]]
    end: float
    late: float

    def ran(self, thread: int, index: int | None) -> _Ran:
        """What one did, of which `index` is its sample at that tick, if it has one."""
        own, begin, late = self.samples.get(thread), self.end - self.late, self.late
        jobs = [job for job in self.jobs.get(thread, ()) if job.start is not None and job.start <= self.end]
        new = [job for job in jobs if (job.start or 0.0) >= begin - PAUSE_S]
        began = max((job.start or 0.0 for job in jobs), default=begin)
        if index is None or own is None:
            sampled = cpu_between(own, begin, self.end) if own is not None else 0.0
            done = sum(job.cpu_s for job in new if job.end is not None and job.end <= self.end)
            cpu = max(sampled, min(done, late))
            return _Ran(cpu, 0.0, cpu, began)
        fact = self.timeline.threads.get(thread)
        before = float(own.last[index - 1]) if index else fact.begun if fact else begin
        cpu = float(own.cpu_first[index]) - (float(own.cpu_last[index - 1]) if index else 0.0)
        queued = max(float(own.delay[index] - (own.delay[index - 1] if index else 0.0)), 0.0)
        since = max(self.end - before, 1e-9)
        if since <= late + PAUSE_S:
            share = min(late / since, 1.0)
            return _Ran(cpu * share, queued * share, cpu + queued, began)
        # It had nothing to do at the tick before; or the sampler itself had no core for so long, and of what was
        # begun long ago it is not known when it computed.
        if new:
            cpu -= sum(
                one.cpu_s for one in jobs if one not in new and one.end is not None and one.end > before
            )
        cpu, queued = min(max(cpu, 0.0), late + PAUSE_S), min(queued, late)
        return _Ran(cpu, queued, cpu + queued, began, known=bool(new))


def _kept(ran: dict[int, _Ran], late: float) -> list[int]:
    """The threads that one after another kept the GIL all that time, but for what they waited for a core."""
    known = {thread: one.cpu_s for thread, one in ran.items() if one.known}
    long = [thread for thread, cpu_s in known.items() if cpu_s >= KEPT_S]
    chosen = long or sorted(known, key=lambda thread: known[thread])[-1:]
    cpu_s = sum(ran[thread].cpu_s for thread in chosen)
    queued_s = max((ran[thread].queued_s for thread in chosen), default=0.0)
    sure = bool(long) and cpu_s >= ALONE_SHARE * late
    others_s = sum(
        one.cpu_s for thread, one in ran.items() if thread not in chosen and (one.known or not sure)
    )
    kept = BLOCKED_SHARE * late <= cpu_s <= late + PAUSE_S and cpu_s + queued_s >= ALONE_SHARE * late
    return chosen if kept and others_s <= OTHERS_SHARE * cpu_s else []
