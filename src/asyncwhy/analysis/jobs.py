"""The jobs of pools: submitted where, queued how long, run by which thread."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np

from asyncwhy.analysis import libuv
from asyncwhy.analysis.timeline import Floats, Timeline
from asyncwhy.trace import schema

#: An executor has no more processes than this, whatever it was asked for: there are no such machines.
MOST_PROCESSES = 1_000


@dataclass(slots=True)
class Job:
    """One call handed to a pool; `start` and `end` are None where they were not seen (it never ran).  `behind` says
    that it found all workers taken.

    Where it ran in another process, `start` is reckoned: jobs are taken in order, by a process that has none.  From
    there to `end` a process was taken, by the start of the process and the way there and back too; `called` is when
    the call began there and `work_s` what it took, None where nobody saw it.
    """

    number: int
    pool: int
    task: int
    stack: int
    code: int
    submitter: int
    submitted: float
    start: float | None = None
    end: float | None = None
    worker: int = 0
    cpu_s: float = 0.0
    behind: bool = False
    called: float | None = None
    work_s: float | None = None

    @property
    def queued_s(self) -> float:
        """Seconds that it waited for a worker; 0 where one was free, though its thread may have had to be started,
        and where the start was not seen."""
        return max(self.start - self.submitted, 0.0) if self.behind and self.start is not None else 0.0

    @property
    def run_s(self) -> float:
        """Seconds between start and end; 0 where either was not seen."""
        return self.end - self.start if self.start is not None and self.end is not None else 0.0


@dataclass(frozen=True, slots=True)
class Pool:
    """An executor: how many workers it may have, and the stack on which it was made."""

    number: int
    kind: str
    workers: int
    name: str
    stack: int = 0

    @property
    def is_limiter(self) -> bool:
        """Whether a task takes its place in the queue itself, and hands its job over when it is its turn."""
        return self.kind == "CapacityLimiter"

    @property
    def is_libuv(self) -> bool:
        """Whether it is the pool of Node.js, which files, names and cryptography share."""
        return self.kind == "libuv"

    @property
    def is_processes(self) -> bool:
        """Whether its workers are processes."""
        return "Process" in self.kind


def jobs_of(timeline: Timeline) -> list[Job]:
    """All jobs of one process, in the order in which they were submitted."""
    process = timeline.process
    made: dict[int, Job] = {}
    for time, job, pool, task, stack, code, thread in process.table("submits").tolist():
        made[job] = Job(job, pool, task, stack, code, thread, _seconds(timeline, time))
    for time, job, thread in process.table("starts").tolist():
        if job in made:
            made[job].start = _seconds(timeline, time)
            made[job].worker = thread
    for time, cpu, job, _ in process.table("ends").tolist():
        if job in made:
            made[job].end = _seconds(timeline, time)
            made[job].cpu_s = cpu / 1e9
    if process.meta.get("runtime") == "node":
        libuv.complete(timeline, list(made.values()))
    jobs, pools = sorted(made.values(), key=lambda job: job.submitted), pools_of(timeline)
    begin_elsewhere(jobs, pools)
    find_queued(jobs, pools)
    return jobs


def begin_elsewhere(jobs: list[Job], pools: dict[int, Pool]) -> None:
    """When the jobs of processes began, which is not seen from here."""
    free: dict[int, list[float]] = {}
    for job in jobs:
        pool = pools.get(job.pool)
        if pool is None or not pool.is_processes or job.end is None:
            continue
        workers = free.setdefault(job.pool, [0.0] * max(min(pool.workers, MOST_PROCESSES), 1))
        job.start = min(max(job.submitted, heappop(workers)), job.end)
        heappush(workers, job.end)


def find_queued(jobs: list[Job], pools: dict[int, Pool]) -> None:
    """Which jobs found all workers of their pool taken by those before them."""
    ends: dict[int, list[float]] = defaultdict(list)
    for job in jobs:
        if job.start is None or job.pool not in pools:
            continue
        taken = ends[job.pool]
        while taken and taken[0] <= job.submitted:
            heappop(taken)
        job.behind = len(taken) >= pools[job.pool].workers
        heappush(taken, job.end if job.end is not None else math.inf)


def work_elsewhere(lines: Sequence[Timeline], jobs: Sequence[list[Job]]) -> None:
    """Fill in what calls took in other processes of the run: a child numbers those of its pool in their order."""
    children = {int(line.process.meta.get("pid", 0)): line for line in lines}
    for line, own in zip(lines, jobs, strict=True):
        by_pool: dict[int, list[Job]] = defaultdict(list)
        for job in sorted(own, key=lambda job: job.number):
            by_pool[job.pool].append(job)
        for event in line.process.named("worker"):
            child = children.get(event["process"])
            for place, called, work_s, cpu_s in _calls(child) if child is not None else ():
                if place < len(by_pool[event["pool"]]):
                    job = by_pool[event["pool"]][place]
                    job.called, job.work_s, job.cpu_s = called, work_s, cpu_s


def _calls(child: Timeline) -> Iterator[tuple[int, float, float, float]]:
    """(place in its pool, begin, seconds, CPU seconds) of every call that came from the parent."""
    starts, ends = child.process.table("starts"), child.process.table("ends")
    begun = dict(zip(starts["job"].tolist(), starts["time"].tolist(), strict=True))
    for time, cpu, job, _ in ends.tolist():
        if job & schema.WORK and job in begun:
            called = _seconds(child, begun[job])
            yield job & ~schema.WORK, called, _seconds(child, time) - called, cpu / 1e9


def queued_spans(jobs: list[Job]) -> dict[int, Floats]:
    """By the task's number, the disjoint stretches in which jobs of it waited for workers."""
    by_task: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for job in jobs:
        if job.task and job.queued_s > 0:
            by_task[job.task].append((job.submitted, job.submitted + job.queued_s))
    made: dict[int, Floats] = {}
    for task, spans in by_task.items():
        ordered = np.array(sorted(spans))
        reach = np.maximum.accumulate(ordered[:, 1])
        new = np.concatenate(([True], ordered[1:, 0] > reach[:-1]))
        last = np.append(np.flatnonzero(new)[1:] - 1, len(ordered) - 1)
        made[task] = np.column_stack((ordered[new, 0], reach[last]))
    return made


def pools_of(timeline: Timeline) -> dict[int, Pool]:
    """The pools by number."""
    return {
        event["pool"]: Pool(
            event["pool"], event["kind"], int(event["workers"]), event.get("name", ""), event.get("stack", 0)
        )
        for event in timeline.process.named("pool")
    }


def _seconds(timeline: Timeline, ns: Any) -> float:
    return (int(ns) - timeline.origin_ns) / 1e9
