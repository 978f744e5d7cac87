"""What made each step ready: another step, another thread, or something outside; and since when.

A task is woken through callbacks: a timer's callback sets a future, whose callback wakes the task.  The task
could run from the moment at which the timer was due, not from when the loop got round to its callback.  So
short callbacks are followed back to a step that does something itself, or to what came from outside.
"""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Floats, Ints, Timeline
from asyncwhy.analysis.traffic import local_causes
from asyncwhy.trace import schema

#: Callbacks are followed back this many times at most.
CHAIN = 6
#: A callback that runs for longer than this does work of its own: it is where a chain begins.
LONG_S = 0.001
#: One that hands over what another thread brings stands in that thread's way: each may wait for the other to
#: give up the GIL, which it keeps for 5 ms.
LONG_FOREIGN_S = 0.006
#: Who calls into a loop is noted before the call schedules anything there; here 10 µs to 1 ms before, longer where
#: the thread loses the GIL in between.
CALLED_S = 0.05


def resolve(line: Timeline) -> None:
    """Fill in `root` (the step that made each step ready, or -1), `when` (at what time), `root_foreign`
    (whether another thread did) and `caller` (which), `relays` (through how many callbacks, each of which stood in
    the loop's queue), `closing` (whether it was the end of a connection) and `late` (from then until it ran, where
    nothing inside was the cause)."""
    ready = line.start - line.lag
    waker = np.where(line.lag > 0, _containing(line, ready), -1)
    caller, called = _callers(line, ready)
    waker[line.foreign] = -1
    elsewhere = np.flatnonzero(caller > 0)
    if len(elsewhere):
        waker[elsewhere] = _running(line, caller[elsewhere], called[elsewhere])
    waker[(line.ref & schema.TIMER) > 0] = -1
    reading, writing, written, closed = local_causes(line)
    waker[reading], ready[reading] = writing, np.minimum(written, line.start[reading])
    closing = np.zeros(len(waker), bool)
    closing[reading] = closed
    short = line.end - line.start < np.where(line.foreign, LONG_FOREIGN_S, LONG_S)
    # Node's callbacks are the user's own code, which settles a promise in the midst of what it does: whoever
    # awaits it goes on after the callback, whatever that did besides.
    short |= line.process.meta.get("runtime") == "node"
    short_callback = ((line.ref & schema.CALLBACK) > 0) & short
    root, when, foreign = waker.copy(), ready.copy(), line.foreign.copy()
    relays = np.zeros(len(root), np.int64)
    for _ in range(CHAIN):
        follow = (root >= 0) & short_callback[np.maximum(root, 0)]
        if not follow.any():
            break
        at = root[follow]
        when[follow] = ready[at]
        foreign[follow], caller[follow] = line.foreign[at], caller[at]
        closing[follow] |= closing[at]
        root[follow] = waker[at]
        relays[follow] += 1
    line.root, line.when, line.root_foreign, line.relays, line.closing = root, when, foreign, relays, closing
    line.caller = np.where(foreign, caller, 0)
    line.late = np.maximum(line.start - np.minimum(when, line.start), 0.0)


def _containing(line: Timeline, time: Floats) -> Ints:
    """The step on the same thread that ran at `time` and is another one; -1 where none did."""
    found = np.full(len(time), -1)
    for thread in np.unique(line.thread).tolist():
        steps = np.flatnonzero(line.thread == thread)
        at = np.searchsorted(line.start[steps], time[steps], "right") - 1
        step = steps[np.maximum(at, 0)]
        good = (at >= 0) & (time[steps] <= line.end[step] + 2e-7) & (step != steps)
        found[steps[good]] = step[good]
    return found


def _callers(line: Timeline, ready: Floats) -> tuple[Ints, Floats]:
    """(the thread that called into the loop to make each step ready, 0 where none is known; when it called)."""
    caller, called = np.zeros(len(ready), np.int64), np.zeros(len(ready))
    rows = np.sort(line.process.table("wakeups"), order="time")
    threads = {run.loop: run.thread for run in line.loops}
    times = line.seconds(rows["time"])
    for loop, thread in threads.items():
        own = np.flatnonzero(rows["loop"] == loop)
        steps = np.flatnonzero(line.foreign & (line.thread == thread))
        if not len(own) or not len(steps):
            continue
        at = np.searchsorted(times[own], ready[steps] + 1e-6, "right") - 1
        row = own[np.maximum(at, 0)]
        near = (at >= 0) & (ready[steps] - times[row] <= CALLED_S)
        caller[steps[near]], called[steps[near]] = rows["thread"][row[near]], times[row[near]]
    return caller, called


def _running(line: Timeline, thread: Ints, time: Floats) -> Ints:
    """The step that ran on each thread at a time; -1 where none did."""
    step = Latest(line.thread, line.start).before(thread, time)
    return np.where((step >= 0) & (time <= line.end[np.maximum(step, 0)] + 2e-7), step, -1)
