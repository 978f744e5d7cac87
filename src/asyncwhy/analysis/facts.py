"""Everything the causes ask about a run, computed once."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from asyncwhy.analysis import (
    contention,
    deadlocks,
    holds,
    replay,
    schedule,
    stuck,
    timeline,
    touches,
    unbroken,
    wakers,
)
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.handlers import Handlers
from asyncwhy.analysis.jobs import Job, Pool, jobs_of, pools_of, queued_spans, work_elsewhere
from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.lookup import union
from asyncwhy.analysis.loopruns import LoopRuns
from asyncwhy.analysis.places import Origins
from asyncwhy.analysis.standing import Standing
from asyncwhy.analysis.tasks import Task
from asyncwhy.model import Site
from asyncwhy.trace.reader import Process, Trace


@dataclass
class ProcessFacts:
    """One process: who held its loops, what ran where."""

    process: Process
    line: timeline.Timeline
    origins: Origins
    samples: dict[int, holds.Samples]
    pieces: list[holds.Piece]
    jobs: list[Job]
    pools: dict[int, Pool]
    cores: int
    touches: list[touches.Touch]
    #: The stacks on which tasks sleep only to look again; the source tells (`causes.polled`), before `nodes` is asked.
    polled: frozenset[int] = frozenset()

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return int(self.process.meta.get("pid", 0))

    @property
    def children_cpu_s(self) -> float:
        """CPU seconds of the child processes that it awaited the end of, observed or not."""
        return float(self.process.meta.get("children_cpu", 0)) / 1e9

    @cached_property
    def nodes(self) -> schedule.Nodes:
        """The recorded run as nodes."""
        return schedule.build(self.line, self.jobs, self.polled, self.touches)

    @cached_property
    def baseline(self) -> replay.Replay:
        """The unchanged replay."""
        return self.replayed(None)

    @cached_property
    def measured(self) -> replay.Replay:
        """The run as it was, in a replay's terms; nothing is simulated."""
        return replay.recorded(self.nodes)

    def replayed(self, change: Change | None, cores: int | None = None) -> replay.Replay:
        """The replay with a change, or without one; on so many cores, if not on the machine's."""
        return replay.run(self.nodes, self.jobs, self.pools, cores or self.cores, change)

    @cached_property
    def begun(self) -> float:
        """When the first node began."""
        return float(self.nodes.start.min()) if len(self.nodes.start) else 0.0

    def node_at(self, thread: int, time: float) -> int:
        """The node that ran on `thread` at `time`; -1 if none did."""
        own = self._by_thread.get(thread)
        if own is None:
            return -1
        at = int(np.searchsorted(self.nodes.start[own], time + 1e-9, "right")) - 1
        return int(own[at]) if at >= 0 and self.nodes.end[own[at]] >= time - 1e-9 else -1

    @cached_property
    def _by_thread(self) -> dict[int, timeline.Ints]:
        threads = self.nodes.thread
        return {int(number): np.flatnonzero(threads == number) for number in np.unique(threads)}

    @cached_property
    def by_worker(self) -> dict[int, list[int]]:
        """The jobs (indices) that each thread ran, in the order in which they began."""
        made: dict[int, list[int]] = {}
        for index in sorted(range(len(self.jobs)), key=lambda index: self.jobs[index].start or 0.0):
            if self.jobs[index].start is not None:
                made.setdefault(self.jobs[index].worker, []).append(index)
        return made

    def job_at(self, worker: int, time: float) -> int | None:
        """The job (index) that a thread ran at a moment."""
        own = self.by_worker.get(worker, [])
        at = bisect_right(own, time, key=lambda index: self.jobs[index].start or 0.0) - 1
        if at < 0:
            return None
        end = self.jobs[own[at]].end
        return own[at] if end is None or end >= time else None

    @cached_property
    def contention(self) -> contention.Contention:
        """Who queued for which lock, limit or channel."""
        return contention.contention_of(self.line, self.nodes, self.origins.is_user)

    @cached_property
    def unbroken(self) -> unbroken.Unbroken:
        """Which tasks went on from one wait to the next without another."""
        return unbroken.Unbroken(self.line)

    @cached_property
    def runs(self) -> LoopRuns:
        """When the loops of each thread ran."""
        return LoopRuns(self.line)

    @cached_property
    def handlers(self) -> Handlers:
        """Which of the user's functions frameworks called for their requests."""
        return Handlers(self.line)

    @cached_property
    def standing(self) -> Standing:
        """Where each task stood while it waited."""
        return Standing(self.line)

    @cached_property
    def waits(self) -> dict[int, list[stuck.Stuck]]:
        """The long waits of every thread for another one."""
        return stuck.stuck_threads(self.line, self.samples)

    @cached_property
    def handed(self) -> list[stuck.Handed]:
        """The coroutines that were handed to loops."""
        return stuck.handed_over(self.line)

    @cached_property
    def deadlocks(self) -> list[deadlocks.Deadlock]:
        """Pools whose workers all waited for jobs of their own."""
        return deadlocks.deadlocks(self.line, self.jobs, self.pools, self.waits, self.handed)

    def stack(self, number: int) -> tuple[Site, ...]:
        """The sites of a recorded stack, innermost first."""
        return self.process.stack(number)

    def sent_stack(self, number: int, task: int, at: float | None = None) -> tuple[Site, ...]:
        """A stack, and below it, if no line of the user's is in it, the one on which its task was made.

        `gather(asyncio.to_thread(f))` submits from a task that consists of library code only.  A library may make
        its tasks where no line of the user's can be seen (in a greenlet, as SQLAlchemy does); then it is the one at
        which the maker waited next.  `at` is when `task` did what the stack is of.
        """
        sites = self.stack(number)
        seen = 0
        while not any(self.origins.is_user(site) for site in sites) and task in self.line.tasks and seen < 8:
            stood = self.stack(self.standing.after(task, at)) if at is not None else ()
            waited = next((index for index, site in enumerate(stood) if self.origins.is_user(site)), None)
            if waited is not None:
                return sites + stood[waited:]
            made = self.line.tasks[task]
            sites, task, at, seen = sites + self.stack(made.stack), made.parent, made.created, seen + 1
        return sites

    def made_stack(self, task: Task) -> tuple[Site, ...]:
        """Where a task was made, down to the user's own line."""
        return self.sent_stack(task.stack, task.parent, task.created)

    def job_stack(self, job: Job) -> tuple[Site, ...]:
        """Where a job was submitted, down to the user's own line."""
        return self.sent_stack(job.stack, job.task, job.submitted)

    def task_of(self, ref: int) -> Task | None:
        """The task that a step belongs to; None for a callback."""
        return self.line.tasks.get(ref)

    def queued(self, task: int, since: float, until: float) -> float:
        """For how long of a stretch jobs that the task had submitted waited for workers."""
        held = self._queued.get(task)
        return held.inside(np.array([(since, max(until, since))])) if held is not None else 0.0

    @cached_property
    def _queued(self) -> dict[int, Held]:
        return {task: Held(spans) for task, spans in queued_spans(self.jobs).items()}

    @cached_property
    def children(self) -> dict[int, list[float]]:
        """When each task made others, in order, by its number."""
        made: dict[int, list[float]] = {}
        tasks = self.line.tasks
        order = np.argsort(tasks.created, kind="stable")
        for parent, created in zip(tasks.parent[order].tolist(), tasks.created[order].tolist(), strict=True):
            made.setdefault(parent, []).append(created)
        return made

    @cached_property
    def loop_s(self) -> float:
        """Seconds during which some loop of the process ran."""
        spans = [(run.start, run.until(self.line.ended)) for run in self.line.loops]
        return union(np.array(spans)) if spans else 0.0


@dataclass
class Facts:
    """The run.  `wall_s` is from the first process's begin to the last one's end."""

    trace: Trace
    processes: list[ProcessFacts] = field(default_factory=list)
    wall_s: float = 0.0
    endless: bool = False

    @property
    def loops(self) -> list[timeline.LoopRun]:
        """Every run of a loop in every process."""
        return [run for process in self.processes for run in process.line.loops]


def analyse(trace: Trace) -> Facts:
    """The facts of a trace."""
    begins = [int(process.meta["begun"]) for process in trace.processes.values() if "begun" in process.meta]
    origin = min(begins, default=int(trace.run.get("begun", 0)))
    facts = Facts(trace)
    for process in trace.processes.values():
        if "begun" in process.meta:
            facts.processes.append(_process(process, origin))
    work_elsewhere([one.line for one in facts.processes], [one.jobs for one in facts.processes])
    ends = [process.line.ended for process in facts.processes]
    host = (int(trace.run.get("ended", origin)) - int(trace.run.get("begun", origin))) / 1e9
    facts.wall_s = max(ends, default=host)
    code = trace.run.get("exit_code")
    facts.endless = bool(trace.run.get("stopped")) or code in (-2, -15, -1, 130, 143)
    return facts


def _process(process: Process, origin: int) -> ProcessFacts:
    line = timeline.build(process, origin)
    samples = holds.samples_of(line)
    holds.add_unseen_steps(line, samples)
    touched = touches.resolve(line)
    wakers.resolve(line)
    return ProcessFacts(
        process=process,
        line=line,
        origins=Origins.of_process(process),
        samples=samples,
        pieces=holds.pieces(line, samples),
        jobs=jobs_of(line),
        pools=pools_of(line),
        cores=int(process.meta.get("cores", 1)),
        touches=touched,
    )
