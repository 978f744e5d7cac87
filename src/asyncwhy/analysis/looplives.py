"""How long each loop lived, whether it had a thread of its own, and which other loop sent its code there.

A loop may be run several times (`run_until_complete` again and again); its life goes from the first to the last.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.timeline import LoopRun, Timeline
from asyncwhy.model import Site

#: A loop that lasts for this share of what is left of the run is no detour of a call but a service.
LASTING = 0.5
#: From a thread to who sent its work there, and so on: no farther.
OUTWARDS = 8


@dataclass(frozen=True, slots=True)
class Life:
    """A loop's life in one thread: `runs` of it ran something of the program, `stack` is the first one's."""

    loop: int
    thread: int
    start: float
    end: float
    runs: tuple[LoopRun, ...]
    stack: tuple[Site, ...]

    @property
    def ran_s(self) -> float:
        """Seconds for which it ran."""
        return sum(run.until(self.end) - run.start for run in self.runs)


def lives(facts: ProcessFacts) -> list[Life]:
    """The loops that ran something of the program, in the order in which they began."""
    runs: dict[tuple[int, int], list[LoopRun]] = defaultdict(list)
    for run in working_runs(facts):
        runs[run.thread, run.loop].append(run)
    made = []
    for (thread, loop), own in runs.items():
        stack = facts.stack(own[0].stack)
        if not any(facts.origins.is_user(site) for site in stack) and thread in facts.line.threads:
            stack += facts.stack(facts.line.threads[thread].stack)  # Thread(target=asyncio.run)
        end = max(run.until(facts.line.ended) for run in own)
        made.append(Life(loop, thread, own[0].start, end, tuple(own), stack))
    return sorted(made, key=lambda life: life.start)


def working_runs(facts: ProcessFacts) -> list[LoopRun]:
    """Runs of loops that ran something of the program: `asyncio.run` runs its loop two or three times more
    to cancel what is left and to shut its executor down, and those have no task of the user's."""
    line = facts.line
    own = {
        thread: np.flatnonzero((line.thread == thread) & line.is_task) for thread in set(line.loop_threads())
    }
    kept: list[LoopRun] = []
    for run in line.loops:
        steps = own[run.thread]
        low, high = np.searchsorted(line.start[steps], (run.start, run.until(line.ended)))
        places = [line.code_of(kind) for kind in np.unique(line.kind[steps[low:high]]).tolist()]
        if any(place and facts.origins.of(place.site.file) is not Origin.STANDARD for place in places):
            kept.append(run)
    return kept


def at_home(facts: ProcessFacts, life: Life, known: list[Life]) -> bool:
    """Whether the loop was given its thread on purpose: it is the only one there, and it answers what comes from
    outside, or it lasts in a thread that is no pool's worker."""
    if any(other.thread == life.thread and other.loop != life.loop for other in known):
        return False
    if life.thread == main_thread(facts.line) or _serves(facts, life):
        return True
    lasts = life.end - life.start >= LASTING * (facts.line.ended - life.start)
    return lasts and life.thread not in facts.by_worker


def main_thread(line: Timeline) -> int:
    """The thread in which the program began; 0 where it is not known."""
    return next((fact.number for fact in line.threads.values() if fact.name == "MainThread"), 0)


def _serves(facts: ProcessFacts, life: Life) -> bool:
    """Whether it ran tasks that something from outside made: a connection, or another thread."""
    tasks = facts.line.tasks
    own = np.flatnonzero((tasks.thread == life.thread) & (tasks.parent == 0))
    for row in own.tolist():
        created = float(tasks.created[row])
        if not any(run.start <= created <= run.until(facts.line.ended) for run in life.runs):
            continue  # made before the loop ran: what it was started for
        place = facts.line.code_of(int(tasks.code[row]))
        if place is not None and facts.origins.of(place.site.file) is not Origin.STANDARD:
            return True
    return False


def beneath(facts: ProcessFacts, life: Life) -> LoopRun | None:
    """The loop, in another thread, that sent there what started this one, and that runs meanwhile."""
    thread, time = life.thread, life.start
    for _ in range(OUTWARDS):
        sender = _sender(facts, thread, time)
        if sender is None:
            return None
        thread, time = sender
        run = facts.runs.outlasting(thread, time, life.start)
        if run is not None:
            return run
    return None


def _sender(facts: ProcessFacts, thread: int, time: float) -> tuple[int, float] | None:
    """The thread that sent what another one ran at a moment, and when."""
    index = facts.job_at(thread, time)
    if index is not None:
        return facts.jobs[index].submitter, facts.jobs[index].submitted
    fact = facts.line.threads.get(thread)
    return (fact.starter, fact.asked) if fact is not None and fact.starter else None
