"""Who held which loop and thread, when; and of every task: running, ready, awaiting.

Times are float seconds since the run began.  Arrays of one `Timeline` are sorted by start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from asyncwhy.analysis.tasks import Tasks
from asyncwhy.model import Site
from asyncwhy.trace import schema
from asyncwhy.trace.reader import Place, Process

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

NOWHERE = Site("", 0, 0, "")


@dataclass(frozen=True, slots=True)
class LoopRun:
    """One stretch of `run_forever` or `run_until_complete` of a loop; `end` is None if it never came back."""

    loop: int
    thread: int
    start: float
    end: float | None
    implementation: str
    selector: str
    debug: bool
    stack: int
    cpu_s: float | None

    def until(self, latest: float) -> float:
        """The end, or `latest` if it never came."""
        return latest if self.end is None else self.end


@dataclass(frozen=True, slots=True)
class ThreadFact:
    """One thread: who asked for it (`stack`, in thread `starter`) and what it was to run."""

    number: int
    name: str
    os_id: int
    begun: float
    starter: int
    stack: int
    target: Place | None
    end: float | None
    cpu_s: float | None
    asked: float = 0.0  # when `start()` was called


@dataclass
class Timeline:
    """The steps, idle times and loops of one process.

    `lag` is a step's own, from when its handle was scheduled; `root`, `when`, `root_foreign`,
    `caller`, `relays`, `late` and `closing` are filled in by `wakers.resolve`.
    """

    process: Process
    origin_ns: int
    begun: float
    ended: float
    start: Floats
    end: Floats
    lag: Floats
    ref: Ints
    thread: Ints
    foreign: Bools  # made ready by another thread
    tasks: Tasks
    loops: list[LoopRun]
    threads: dict[int, ThreadFact]
    idle_start: Floats
    idle_end: Floats
    idle_thread: Ints
    root: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    when: Floats = field(default_factory=lambda: np.zeros(0))
    root_foreign: Bools = field(default_factory=lambda: np.zeros(0, bool))
    caller: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    relays: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    late: Floats = field(default_factory=lambda: np.zeros(0))
    closing: Bools = field(default_factory=lambda: np.zeros(0, bool))

    @cached_property
    def woke(self) -> Bools:
        """Which steps made another task or callback go on, as a mask."""
        released = (self.root >= 0) & (self.ref != self.ref[self.root])
        made = np.zeros(len(self.ref), bool)
        made[self.root[released]] = True
        return made

    @property
    def is_task(self) -> Bools:
        """Which steps belong to tasks, as a mask."""
        made: Bools = (self.ref & schema.CALLBACK) == 0
        return made

    def seconds(self, ns: Any) -> Any:
        """Nanoseconds of the monotonic clock as seconds of the run."""
        return (np.asarray(ns).astype(np.int64) - self.origin_ns) / 1e9

    def place(self, ref: int) -> Place | None:
        """Where the code of a step is defined: its task's coroutine, or its callback."""
        if ref & schema.CALLBACK:
            return self.process.places.get(ref & (schema.TIMER - 1))
        task = self.tasks.get(ref)
        return task.code if task else None

    def kinds(self, refs: Ints) -> Ints:
        """A number for the code of each step: of one line of code always the same; of what has none, of its own."""
        callback = (refs & schema.CALLBACK) != 0
        place = np.where(callback, refs & (schema.TIMER - 1), self.tasks.of(self.tasks.code, refs, -1))
        known = np.array([*self._same, -1], np.int64)
        same = np.array([*self._same.values(), -1], np.int64)
        order = np.argsort(known)
        at = np.minimum(np.searchsorted(known[order], place), len(known) - 1)
        found = known[order][at] == place
        return np.where(found & (place >= 0), same[order][at], -1 - refs)

    @cached_property
    def kind(self) -> Ints:
        """Of every step, the number for its code."""
        return self.kinds(self.ref)

    def code_of(self, kind: int) -> Place | None:
        """The place that a number of `kinds` stands for."""
        return self.process.places.get(kind)

    @cached_property
    def _same(self) -> dict[int, int]:
        """Of every place, the first that is the same site."""
        firsts: dict[Site, int] = {}
        return {
            number: firsts.setdefault(place.site, number) for number, place in self.process.places.items()
        }

    def thread_name(self, number: int) -> str:
        """A thread's name, or a number where nobody named it."""
        fact = self.threads.get(number)
        return fact.name if fact else f"thread {number}"

    def loop_threads(self) -> Iterator[int]:
        """The threads in which a loop ran."""
        yield from dict.fromkeys(run.thread for run in self.loops)


def build(process: Process, origin_ns: int) -> Timeline:
    """The timeline of one process."""
    steps = process.table("steps")
    order = np.argsort(steps["start"], kind="stable")
    steps = steps[order]
    start = _seconds(steps["start"], origin_ns)
    idles = process.table("idles")
    idle_start = _seconds(idles["start"], origin_ns)
    made = Timeline(
        process=process,
        origin_ns=origin_ns,
        begun=(int(process.meta.get("begun", origin_ns)) - origin_ns) / 1e9,
        ended=0.0,
        start=start,
        end=start + steps["run_s"].astype(np.float64),
        lag=steps["lag_s"].astype(np.float64),
        ref=steps["ref"].astype(np.int64),
        thread=steps["thread"].astype(np.int64),
        foreign=(steps["flags"] & schema.FOREIGN) > 0,
        tasks=Tasks(process, origin_ns),
        loops=_loops(process, origin_ns),
        threads=_threads(process, origin_ns),
        idle_start=idle_start,
        idle_end=idle_start + idles["idle_s"].astype(np.float64),
        idle_thread=idles["thread"].astype(np.int64),
    )
    made.ended = _ended(made)
    return made


def _seconds(ns: Any, origin_ns: int) -> Floats:
    return (np.asarray(ns).astype(np.int64) - origin_ns) / 1e9


def _ended(timeline: Timeline) -> float:
    """When the process ended; of one that was killed, the last that was seen of it."""
    meta = timeline.process.meta
    if "ended" in meta:
        return float((int(meta["ended"]) - timeline.origin_ns) / 1e9)
    seen = [timeline.begun]
    if len(timeline.end):
        seen.append(float(timeline.end.max()))
    samples = timeline.process.table("samples")
    if len(samples):
        seen.append(float(_seconds(samples["last"], timeline.origin_ns).max()))
    if len(timeline.idle_end):
        seen.append(float(timeline.idle_end.max()))
    return max(seen)


def _loops(process: Process, origin_ns: int) -> list[LoopRun]:
    made: list[LoopRun] = []
    open_runs: dict[tuple[int, int], dict[str, Any]] = {}
    for event in process.events:
        if event["event"] == "run":
            open_runs[event["loop"], event["number"]] = event
        elif event["event"] == "stop":
            begun = open_runs.pop((event["loop"], event["number"]), None)
            if begun is not None:
                made.append(_loop(begun, event, origin_ns))
    made.extend(_loop(begun, None, origin_ns) for begun in open_runs.values())
    return sorted(made, key=lambda run: run.start)


def _loop(begun: dict[str, Any], stopped: dict[str, Any] | None, origin_ns: int) -> LoopRun:
    return LoopRun(
        loop=begun["loop"],
        thread=begun["number"],
        start=(begun["time"] - origin_ns) / 1e9,
        end=(stopped["time"] - origin_ns) / 1e9 if stopped else None,
        implementation=begun["implementation"],
        selector=begun.get("selector", ""),
        debug=bool(begun.get("debug")),
        stack=begun.get("stack", 0),
        cpu_s=(stopped["cpu"] - begun["cpu"]) / 1e9 if stopped else None,
    )


def _threads(process: Process, origin_ns: int) -> dict[int, ThreadFact]:
    made: dict[int, ThreadFact] = {}
    numbers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for event in process.named("number"):
        numbers[event["thread"]].append((event["time"], event["number"]))
    main = _number_at(numbers[process.meta.get("main_thread", -1)], 0)
    if main:
        cpu = process.meta.get("main_cpu")
        begun = (int(process.meta.get("begun", origin_ns)) - origin_ns) / 1e9
        os_id = int(process.meta.get("main_native", 0))
        made[main] = ThreadFact(
            main, "MainThread", os_id, begun, 0, 0, None, None, cpu / 1e9 if cpu else None
        )
    for event in process.events:
        number = event.get("number", 0)
        if event["event"] == "thread":
            starter = _number_at(numbers[event.get("starter", 0)], event["asked"])
            begun = (event["time"] - origin_ns) / 1e9
            target = process.places.get(event["target"])
            made[number] = ThreadFact(
                number, event["name"], event["native"], begun, starter, event["stack"], target, None, None,
                (event["asked"] - origin_ns) / 1e9 if event.get("asked") else begun,
            )  # fmt: skip
        elif event["event"] == "thread-end" and number in made:
            old = made[number]
            ended = (event["time"] - origin_ns) / 1e9
            made[number] = replace(old, name=event.get("name", old.name), end=ended, cpu_s=event["cpu"] / 1e9)
    return made


def _number_at(known: list[tuple[int, int]], time: int) -> int:
    """Of the threads that had an identity, each (since when, number), the number of the last one by that time, or 0."""
    return max((one for one in known if one[0] <= time), default=(0, 0))[1]
