"""Made-up programs and the record that an ideal loop would leave of them: no sleeping, no machine, no noise.

A program is a tree of tasks; a task is a list of actions.  `record` runs them on one loop with one pool and
writes the tables of a trace, by rules of its own that share nothing with `asyncwhy.analysis.replay`.  Its loop
is asyncio's: what is ready as a turn begins runs in it, and between two turns it looks at timers and jobs.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from asyncwhy.trace import schema
from asyncwhy.trace.reader import Process

CALLBACK_S = 1e-5  # what a callback of the loop's own machinery takes
TIMER_S = 3e-6  # by so much each timer is later than the one armed before
INSIDE_S = 2e-6  # a step schedules what it wakes so long before its own end
ORIGIN = 1_000_000_000
POLLING = 1  # the stack of a task that sleeps until it looks again


@dataclass(frozen=True)
class Work:
    """Hold the loop for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Sleep:
    """Await a timer."""

    seconds: float


@dataclass(frozen=True)
class Job:
    """Await a call in the pool."""

    seconds: float


@dataclass(frozen=True)
class Set:
    """Set a flag, for whoever looks."""

    flag: str


@dataclass(frozen=True)
class Poll:
    """Sleep, and look whether the flag is set; again and again."""

    flag: str
    period: float


@dataclass(frozen=True)
class Gather:
    """Make tasks and await them all."""

    children: tuple[tuple[Any, ...], ...]


Actions = tuple[Any, ...]


@dataclass
class _Task:
    number: int
    actions: Actions
    parent: _Task | None
    at: int = 0
    open_children: int = 0
    suspended: float = -1.0
    kind: str = ""
    stack: int = 0


@dataclass
class Record:
    """The tables while they are written."""

    workers: int
    now: float = 0.0
    ready: deque[tuple[float, Any]] = field(default_factory=deque)
    timers: list[tuple[float, int, _Task, bool]] = field(default_factory=list)
    free: list[float] = field(default_factory=list)
    tasks: list[tuple[Any, ...]] = field(default_factory=list)
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    waits: list[tuple[Any, ...]] = field(default_factory=list)
    jobs: list[tuple[float, float, float, int]] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    count: int = 0
    closest: float = math.inf  # seconds by which the order of two things that happened was decided


def record(program: Actions, workers: int = 2) -> Process:
    """The process whose main task does these actions."""
    made = Record(workers, free=[0.0] * workers)
    _make(made, program, None)
    while made.ready or made.timers:
        if not made.ready:
            made.now = max(made.now, made.timers[0][0])
        else:
            made.closest = min([made.closest, *(abs(one[0] - made.now) for one in made.timers)])
        while made.timers and made.timers[0][0] <= made.now:
            due, _, task, foreign = heapq.heappop(made.timers)
            made.ready.append((due, ("wake", task, foreign)))
        for _ in range(len(made.ready)):  # a turn: what is ready as it begins
            since, what = made.ready.popleft()
            _run(made, since, what)
    return _process(made)


def _make(made: Record, actions: Actions, parent: _Task | None) -> _Task:
    made.count += 1
    task = _Task(made.count, actions, parent)
    made.tasks.append((max(made.now - INSIDE_S, 0.0), task.number, parent.number if parent else 0))
    made.ready.append((max(made.now - INSIDE_S, 0.0), ("step", task)))
    return task


def _run(made: Record, since: float, what: Any) -> None:
    begun = made.now
    if what[0] == "step":
        if what[1].suspended >= 0:
            task = what[1]
            made.waits.append(
                (
                    task.suspended,
                    begun - task.suspended,
                    since - task.suspended,
                    task.number,
                    task.stack,
                    task.kind,
                )
            )
        _step(made, what[1])
        made.steps.append((begun, made.now - begun, begun - since, what[1].number, 0))
        return
    made.now += CALLBACK_S
    if what[0] == "wake":
        foreign = schema.FOREIGN if what[2] else 0
        bits = schema.CALLBACK | 1 | (0 if what[2] else schema.TIMER)
        made.steps.append((begun, CALLBACK_S, begun - since, bits, foreign))
        made.ready.append((made.now - INSIDE_S, ("step", what[1])))
    else:  # a child is done
        made.steps.append((begun, CALLBACK_S, begun - since, schema.CALLBACK | 2, 0))
        what[1].open_children -= 1
        if not what[1].open_children:
            made.ready.append((made.now - INSIDE_S, ("step", what[1])))


def _step(made: Record, task: _Task) -> None:
    while task.at < len(task.actions):
        action = task.actions[task.at]
        task.at += 1
        if isinstance(action, Work):
            made.now += action.seconds
            continue
        if isinstance(action, Set):
            made.flags.add(action.flag)
            continue
        if isinstance(action, Poll) and action.flag in made.flags:
            continue
        made.now += CALLBACK_S
        made.count += 1
        task.stack = 0
        if isinstance(action, Poll):
            task.at -= 1  # to look again
            task.stack = POLLING
            action = Sleep(action.period)
        if isinstance(action, Sleep):
            task.kind = "Future"
            # No two timers are due at the same moment: a trace keeps how late a step was as a 32-bit float,
            # and with it the order of two that are 100 ns apart, but not of equals.
            due = made.now + action.seconds + TIMER_S * made.count
            heapq.heappush(made.timers, (due, made.count, task, False))
        elif isinstance(action, Job):
            task.kind = "Future"
            asked = made.now - INSIDE_S
            start = max(asked, heapq.heappop(made.free))
            end = start + action.seconds
            heapq.heappush(made.free, end)
            made.jobs.append((asked, start, end, task.number))
            heapq.heappush(made.timers, (end, made.count, task, True))
        else:
            task.kind = "_GatheringFuture"
            task.open_children = len(action.children)
            for child in action.children:
                _make(made, child, task)
            if not action.children:
                continue
        task.suspended = made.now
        return
    if task.parent is not None:
        made.now += CALLBACK_S
        made.ready.append((made.now - INSIDE_S, ("done", task.parent)))


def _ns(seconds: float) -> int:
    return ORIGIN + round(seconds * 1e9)


def _process(made: Record) -> Process:
    kinds = {"Future": 1, "_GatheringFuture": 2}
    end = max(start + length for start, length, *_ in made.steps)
    meta = {
        "begun": ORIGIN,
        "ended": _ns(end),
        "main_thread": 7,
        "main_native": 1,
        "pid": 1,
        "cores": 2,
        "library": "/lib",
        "closest": made.closest,
    }
    process = Process(1, meta=meta, strings={number: text for text, number in kinds.items()})
    process.events = [
        {"event": "number", "thread": 7, "number": 1, "time": 0},
        {
            "event": "run",
            "loop": 1,
            "thread": 7,
            "number": 1,
            "time": ORIGIN,
            "cpu": 0,
            "implementation": "asyncio",
        },
        {"event": "stop", "loop": 1, "thread": 7, "number": 1, "time": _ns(end), "cpu": 0},
        {"event": "pool", "pool": 1, "kind": "ThreadPoolExecutor", "workers": made.workers, "time": ORIGIN},
    ]
    _table(process, "steps", [(_ns(a), b, c, d, 1, e) for a, b, c, d, e in made.steps])
    waits = [(_ns(a), b, c, d, stack, kinds[e], 0, 1) for a, b, c, d, stack, e in made.waits]
    _table(process, "waits", waits)
    _table(process, "tasks", [(_ns(a), b, c, 0, 0, schema.NUMBERED | b, 1, 0) for a, b, c in made.tasks])
    _table(process, "submits", [(_ns(a), i, 1, t, 0, 0, 1) for i, (a, _, _, t) in enumerate(made.jobs, 1)])
    _table(process, "starts", [(_ns(s), i, 2) for i, (_, s, _, _) in enumerate(made.jobs, 1)])
    _table(process, "ends", [(_ns(e), 0, i, 0) for i, (_, _, e, _) in enumerate(made.jobs, 1)])
    return process


def _table(process: Process, name: str, rows: list[tuple[Any, ...]]) -> None:
    dtype = schema.TABLES[schema.KIND_OF[name]][1]
    if len(rows) and len(rows[0]) != len(dtype.names or ()):
        rows = [row + (0,) * (len(dtype.names or ()) - len(row)) for row in rows]
    process.parts[name] = [np.array(rows, dtype)]
