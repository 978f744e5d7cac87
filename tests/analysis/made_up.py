"""Steps of several loops and threads, put down one by one: what a test needs to say which released which."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncwhy.analysis.facts import ProcessFacts, analyse
from asyncwhy.analysis.traffic import READ
from asyncwhy.model import Site
from asyncwhy.trace import schema
from asyncwhy.trace.reader import Place, Process, Trace
from tests.analysis.programs import ORIGIN, _ns, _table

LATE_S = 1e-5  # from when a step could run until it ran
SLEEPING = 1  # the stack of a task in `asyncio.sleep`


@dataclass
class MadeUp:
    """Loop n runs on thread n; tasks are numbers, callbacks have the bit `schema.CALLBACK`."""

    loops: int = 1
    steps: list[Any] = field(default_factory=list)
    tasks: list[Any] = field(default_factory=list)
    waits: list[Any] = field(default_factory=list)
    wakeups: list[Any] = field(default_factory=list)
    jobs: list[tuple[float, float, float, int, int, int]] = field(default_factory=list)
    stops: dict[int, float] = field(default_factory=dict)
    stacks: dict[int, tuple[Site, ...]] = field(default_factory=dict)
    traffic: list[Any] = field(default_factory=list)

    def step(
        self, thread: int, ref: int, start: float, end: float, ready: float | None = None, foreign: int = 0
    ) -> None:
        """A step that could run since `ready`, by another thread's call if that is `foreign`."""
        since = start - LATE_S if ready is None else ready
        flags = schema.FOREIGN if foreign else 0
        self.steps.append((_ns(start), end - start, start - since, ref, thread, flags))
        if foreign:
            self.wakeups.append((_ns(since - 1e-6), foreign, thread, 0))

    def task(
        self, thread: int, number: int, created: float, parent: int = 0, by: tuple[Site, ...] = ()
    ) -> None:
        """A task, made at that moment by that stack; its code is the innermost line of it."""
        stack = 100 + number if by else 0
        if by:
            self.stacks[stack] = by
        name = schema.NUMBERED | number
        self.tasks.append((_ns(created), number, parent, stack, stack * 10, name, thread, 0))

    def read(self, thread: int, time: float) -> None:
        """Something was read from a connection of the same host."""
        self.traffic.append((_ns(time), 1, READ, 0, thread))

    def sleep(self, thread: int, ref: int, start: float, due: float, end: float) -> None:
        """A task sleeps and steps again: the timer's callback, the wait's row, the step."""
        ran = due + LATE_S
        self.step(thread, schema.CALLBACK | schema.TIMER | 1, ran, ran + LATE_S, due)
        again = ran + 2 * LATE_S
        self.step(thread, ref, again, end, ran + LATE_S - 1e-6)
        self.waits.append((_ns(start), again - start, due - start, ref, SLEEPING, 1, 0, thread))

    def job(self, submitted: float, start: float, end: float, task: int, by: int, worker: int) -> int:
        """A job of pool 1, and its index."""
        self.jobs.append((submitted, start, end, task, by, worker))
        return len(self.jobs) - 1

    def facts(self, **changed: Any) -> ProcessFacts:
        """What the analysis makes of it."""
        ended = max(start + length * 1e9 for start, length, *_ in self.steps)
        meta = {
            "begun": ORIGIN,
            "ended": int(ended),
            "main_thread": 1,
            "main_native": 1,
            "pid": 1,
            "cores": 2,
        }
        process = Process(1, meta={**meta, "library": "/lib"}, strings={1: "Future"})
        process.events = [
            {"event": "pool", "pool": 1, "kind": "ThreadPoolExecutor", "workers": 2, "time": ORIGIN}
        ]
        for loop in range(1, self.loops + 1):
            stop = _ns(self.stops[loop]) if loop in self.stops else int(ended)
            run = {"loop": loop, "thread": loop, "number": loop, "cpu": 0}
            process.events.append({"event": "run", "time": ORIGIN, "implementation": "asyncio", **run})
            process.events.append({"event": "stop", "time": stop, **run})
        for number, sites in self.stacks.items():
            places = {number * 10 + place: Place(site, site.line) for place, site in enumerate(sites)}
            process.places.update(places)
            process.stacks[number] = tuple(places)
        _table(process, "traffic", self.traffic)
        _table(process, "steps", self.steps)
        _table(process, "tasks", self.tasks)
        _table(process, "waits", self.waits)
        _table(process, "wakeups", self.wakeups)
        numbered = list(enumerate(self.jobs, 1))
        _table(process, "submits", [(_ns(a), i, 1, task, 0, 0, by) for i, (a, _, _, task, by, _) in numbered])
        _table(process, "starts", [(_ns(one[1]), i, one[5]) for i, one in numbered])
        _table(process, "ends", [(_ns(one[2]), 0, i, 0) for i, one in numbered])
        facts = analyse(Trace(Path("made-up"), processes={1: process})).processes[0]
        for name, value in changed.items():
            setattr(facts, name, value)
        return facts
