"""The jobs of pools: submitted where, queued how long, run by which thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncwhy.analysis import libuv
from asyncwhy.analysis.timeline import Timeline


@dataclass(slots=True)
class Job:
    """One call handed to a pool; `start` and `end` are None where they were not seen (it never ran, or
    it ran in another process)."""

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

    @property
    def queued_s(self) -> float:
        """Seconds between submission and start; 0 where the start was not seen."""
        return max(self.start - self.submitted, 0.0) if self.start is not None else 0.0

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
    return sorted(made.values(), key=lambda job: job.submitted)


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
