"""Timeouts that came due while their loop was held: who gave up, and whether the answer was there by then.

A loop that was held looks at its sockets and at its timers in one turn: what had come meanwhile, and what should have
ended the waiting for it.  Whoever waited is then told that it took too long, of an answer that lies there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.standing import Standing
from asyncwhy.analysis.timeline import Bools, Floats, Ints, Timeline
from asyncwhy.model import Site
from asyncwhy.trace import schema

#: The callbacks of timers that end a wait: asyncio's (`Timeout._on_timeout`, up to 3.11 `_release_waiter`), anyio's,
#: aiohttp's and others'.
_ENDS_WAIT = re.compile(r"timeout|_release_waiter|TimeoutHandle", re.IGNORECASE)
#: What a timeout cancels goes on within so many steps of its loop.
SOON = 50
#: The same reading of the clock.
SAME_S = 1e-9


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A wait that was given up: the stack on which the task stood, when its timer was due and when it ran; when the
    answer was seen, None where none was there.

    `came` before `due` is when a peer on the same host wrote it, after it when the loop looked again.
    """

    task: int
    stack: int
    due: float
    ran: float
    came: float | None = None


def timed_out(line: Timeline, standing: Standing, thread: int, spans: Floats) -> list[TimedOut]:
    """The waits whose timeouts came due during the disjoint `spans` of a thread."""
    timers = np.flatnonzero((line.thread == thread) & ((line.ref & schema.TIMER) > 0))
    timers = timers[_end_waits(line, line.ref[timers])]
    if not len(timers) or not len(spans):
        return []
    due = line.start[timers] - line.late[timers]
    inside = held(spans, line.start[timers]) - held(spans, due) > 0.5 * line.late[timers]
    timers = timers[inside & (line.late[timers] > 0)]
    mine = np.flatnonzero((line.thread == thread) & line.is_task)
    made = []
    for timer in timers.tolist():
        low = int(np.searchsorted(line.start[mine], line.start[timer]))
        one = _given_up(line, standing, timer, mine[low : low + SOON])
        if one is not None:
            made.append(one)
    return made


def _end_waits(line: Timeline, refs: Ints) -> Bools:
    """Which callbacks are there to end waits."""
    kinds, where = np.unique(refs, return_inverse=True)
    places = [line.place(ref) for ref in kinds.tolist()]
    found = [place is not None and bool(_ENDS_WAIT.search(place.site.function)) for place in places]
    return np.array(found, bool)[where]


def _given_up(line: Timeline, standing: Standing, timer: int, following: Ints) -> TimedOut | None:
    """The task that a timer told to give up, by the steps of tasks that came next."""
    due, ran = float(line.start[timer] - line.late[timer]), float(line.start[timer])
    told = following[_released(line, timer, following)]
    ready = following[(line.when[following] <= ran) & ~np.isin(following, told)]
    if len(told):
        task = int(line.ref[told[0]])
        if any(_made_by(line, ref, task) for ref in line.ref[ready].tolist()):
            return None  # up to 3.11 `wait_for` waits in a task of its own, which the answer reached first
        return TimedOut(task, int(standing.before(told[:1])[0]), due, ran)
    # Its answer had made it ready already; the timer only marked it.
    place = line.place(int(line.ref[timer]))
    stacks = standing.before(ready)
    own = [at for at, stack in enumerate(stacks.tolist()) if place and _ends(line, place.site, stack)]
    if (
        place is not None
        and place.site.function == "Timeout._on_timeout"
        and len(set(line.ref[ready].tolist())) == 1
    ):
        own = [0]  # it always cancels a task, and no other was ready
    if len({int(line.ref[ready[at]]) for at in own}) != 1:
        return None
    step = int(ready[own[0]])
    return TimedOut(int(line.ref[step]), int(stacks[own[0]]), due, ran, float(line.when[step]))


def _released(line: Timeline, timer: int, steps: Ints) -> Bools:
    """Which steps a timer's callback made ready: they count as ready since it was due."""
    same = (line.root[steps] == line.root[timer]) & (np.abs(line.when[steps] - line.when[timer]) < SAME_S)
    made: Bools = same | (line.root[steps] == timer)
    return made


def _made_by(line: Timeline, task: int, parent: int) -> bool:
    found = line.tasks.get(task)
    return found is not None and found.parent == parent


def _ends(line: Timeline, timer: Site, stack: int) -> bool:
    """Whether a timer's callback is there for such a wait: asyncio's for a `wait_for`, a library's for its own."""
    sites = line.process.stack(stack)
    if timer.file.startswith(line.process.library):
        return any(site.function == "wait_for" and site.file.endswith("asyncio/tasks.py") for site in sites)
    folder = timer.file.rpartition("/")[0]
    return any(site.file.startswith(folder) for site in sites)
