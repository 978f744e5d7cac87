"""Waits on a loop's own thread for something that only this loop can bring about.

Four things prove it: the loop's thread had just handed a coroutine to its own loop; the thread that it waits
for has itself handed one to this loop and waits for that; the peer whose answer it waits for is a server of this
loop, as the agent saw; or nobody else was there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind, Piece
from asyncwhy.analysis.stuck import SHORTEST_S, Handed, Stuck, at
from asyncwhy.model import Site

#: An end this close to another one came about by it (a sampler at rest looks every 20 ms).
TOGETHER_S = 0.05


@dataclass(frozen=True, slots=True)
class SelfWait:
    """A piece of a hold.  `handed` is the coroutine that needs the loop; `other` the wait of the thread that
    handed it over, where that is not the loop's own; `alone`: no other thread could have ended the wait;
    `own_server`: the loop itself serves the peer that is asked."""

    piece: Piece
    handed: Handed | None
    other: Stuck | None
    alone: bool
    own_server: bool = False


def self_waits(facts: ProcessFacts) -> list[SelfWait]:
    """The pieces of holds for which it is known, or likely, that only the held loop could have ended them."""
    threads = set(facts.line.loop_threads())
    asked = _own_servers(facts)
    made: list[SelfWait] = []
    for piece in facts.pieces:
        if piece.kind is not Kind.BLOCKED or piece.thread not in threads or piece.length < SHORTEST_S:
            continue
        if any(piece.start <= time <= piece.end for time in asked.get(piece.thread, ())):
            made.append(SelfWait(piece, None, None, False, own_server=True))
            continue
        since = _step_before(facts, piece)
        stack = facts.stack(piece.stack)
        own = _handed_itself(facts, piece, since) if _for_future(stack) else None
        if own is not None:
            made.append(SelfWait(piece, own, None, False))
            continue
        around = _through_another(facts, piece, since, stack)
        if around is not None:
            made.append(SelfWait(piece, around[0], around[1], False))
        elif _alone(facts, piece):
            made.append(SelfWait(piece, None, None, True))
    return made


def _own_servers(facts: ProcessFacts) -> dict[int, list[float]]:
    """The moments at which a loop's thread was seen to wait for the network, and for its own loop."""
    made: dict[int, list[float]] = defaultdict(list)
    for event in facts.process.named("own-server"):
        made[event["number"]].append((event["time"] - facts.line.origin_ns) / 1e9)
    return made


def _step_before(facts: ProcessFacts, piece: Piece) -> float:
    """When the step before the piece's own ended; of a step that never ended only samples tell the begin."""
    line = facts.line
    mine = (line.thread == piece.thread) & (line.start < line.start[piece.step])
    return float(line.end[mine].max()) if mine.any() else line.begun


def _for_future(stack: tuple[Site, ...]) -> bool:
    return any(site.file.endswith("/concurrent/futures/_base.py") for site in stack[:4])


def _for_end(stack: tuple[Site, ...]) -> bool:
    """Whether a stack waits for the end of a thread: `join`, or an executor's `shutdown`."""
    return any(
        site.file.endswith("/threading.py") and site.function.rpartition(".")[2] == "join"
        for site in stack[:4]
    )


def _loops_on(facts: ProcessFacts, thread: int) -> set[int]:
    return {run.loop for run in facts.line.loops if run.thread == thread}


def _pending(facts: ProcessFacts, one: Handed, until: float) -> bool:
    """Whether a coroutine that was handed over had not begun by then."""
    task = facts.line.tasks.get(one.task)
    return task is None or task.created >= until - 0.001


def _handed_itself(facts: ProcessFacts, piece: Piece, since: float) -> Handed | None:
    loops = _loops_on(facts, piece.thread)
    for one in facts.handed:
        if (
            one.thread == piece.thread
            and one.loop in loops
            and since <= one.time <= piece.end
            and _pending(facts, one, piece.end)
        ):
            return one
    return None


def _through_another(
    facts: ProcessFacts, piece: Piece, since: float, stack: tuple[Site, ...]
) -> tuple[Handed, Stuck] | None:
    """Another thread that waits for this loop, and for which this loop's thread waits."""
    loops = _loops_on(facts, piece.thread)
    waiting: dict[int, tuple[Handed, Stuck]] = {}
    for one in facts.handed:
        if one.thread == piece.thread or one.loop not in loops or one.time >= piece.end:
            continue
        if not _pending(facts, one, piece.end):
            continue
        wait = at(facts.waits.get(one.thread, []), max(one.time, piece.start) + SHORTEST_S)
        if wait is not None and wait.end >= piece.end - TOGETHER_S:
            waiting[one.thread] = (one, wait)
    if not waiting:
        return None
    for thread in _needed(facts, piece, since, stack, set(waiting)):
        return waiting[thread]
    return None


def _needed(
    facts: ProcessFacts, piece: Piece, since: float, stack: tuple[Site, ...], waiting: set[int]
) -> list[int]:
    """Those of the `waiting` threads for which the loop's thread waits."""
    middle = (piece.start + piece.end) / 2
    if _for_future(stack):
        running = [
            job
            for job in facts.jobs
            if job.submitter == piece.thread
            and job.start is not None
            and job.start <= middle
            and (job.end is None or job.end > middle)
        ]
        own = [job.worker for job in running if job.submitted >= since and job.worker in waiting]
        if own:
            return own
        if running and all(job.worker in waiting for job in running):
            return [job.worker for job in running]
        return [  # a loop in another thread, to which this one has handed something
            one.thread
            for one in [run for run in facts.line.loops if run.thread in waiting]
            if any(
                each.thread == piece.thread and each.loop == one.loop and since <= each.time <= piece.end
                for each in facts.handed
            )
        ]
    if _for_end(stack):
        alive = [
            fact
            for fact in facts.line.threads.values()
            if fact.number != piece.thread
            and fact.begun < middle
            and (fact.end is None or fact.end >= piece.end - TOGETHER_S)
            and not _idle_worker(facts, fact.number, piece)
        ]
        ending = [fact for fact in alive if fact.number in waiting]
        return [fact.number for fact in ending] if len(ending) == len(alive) else []
    return []


def _alone(facts: ProcessFacts, piece: Piece) -> bool:
    """Whether no other thread of the process could have done anything during the piece."""
    known = facts.line.threads
    for fact in known.values():
        if fact.number == piece.thread or fact.begun >= piece.end:
            continue
        if (fact.end is None or fact.end > piece.start) and not _idle_worker(facts, fact.number, piece):
            return False
    for number, samples in facts.samples.items():
        if number not in known and bool(np.any((samples.first <= piece.end) & (samples.last >= piece.start))):
            return False  # a thread that was not started through `threading`
    return True


def _idle_worker(facts: ProcessFacts, thread: int, piece: Piece) -> bool:
    """Whether a thread is a pool's worker that had no job during the piece."""
    jobs = [job for job in facts.jobs if job.worker == thread]
    return bool(jobs) and not any(
        job.start is not None and job.start < piece.end and (job.end is None or job.end > piece.start)
        for job in jobs
    )
