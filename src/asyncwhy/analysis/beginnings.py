"""What the first node of each task came after, and which nodes a job in a worker thread released while it ran.

A task comes after the node that made it; where another thread handed it over, after what that thread did: the job
that it ran, or the task that it had handed over and waited for before; and else (`asyncio.run`) after what the
task's own thread did before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.loopruns import LoopRuns
from asyncwhy.analysis.timeline import Bools, Floats, Ints, Timeline

if TYPE_CHECKING:
    from asyncwhy.analysis.schedule import Nodes

#: What a job's end releases comes so soon after it, until which its thread takes up no other.
AFTER_S = 0.001


class Beginnings:
    """Fills in the columns of the first nodes; `wakes` takes (waker, at what time, child)."""

    def __init__(
        self, line: Timeline, jobs: list[Job], nodes: Nodes, wakes: list[tuple[Ints, Floats, Ints]]
    ) -> None:
        self.line, self.jobs, self.nodes, self.wakes = line, jobs, nodes, wakes
        self.handed: dict[
            int, tuple[int, float]
        ] = {}  # thread -> the last task that it handed over, and when

    def find(self, firsts: Ints, waker: Ints, when: Floats, caller: Ints) -> None:
        """`waker`, `when` and `caller` (the thread that handed it over, or 0) are those of every node."""
        nodes, tasks = self.nodes, self.line.tasks
        parent = tasks.of(tasks.parent, nodes.ref[firsts], 0)
        created = tasks.of(tasks.created, nodes.ref[firsts], np.nan)
        created = np.where(np.isnan(created), when[firsts], created)
        creator = Latest(nodes.ref, nodes.start).before(parent, created)
        creator = np.where((parent > 0) & (creator >= 0), creator, waker[firsts])
        nodes.relays[firsts] = 0
        good = (creator >= 0) & (creator < firsts)
        self.wakes.append((creator[good], created[good], firsts[good]))
        for node, made in zip(firsts[~good].tolist(), created[~good].tolist(), strict=True):
            if caller[node]:
                self._handed_over(node, int(caller[node]), float(when[node]))
            elif self._in_loop(node, made):  # by what came from outside: data, a signal
                nodes.absolute[node] = when[node]
            else:
                self._after_thread(node)

    # --- handed over by a thread that has no loop ------------------------------------------------------

    def _handed_over(self, node: int, thread: int, when: float) -> None:
        nodes = self.nodes
        job = self._job_of(thread, when)
        task, handed = self.handed.get(thread, (-1, 0.0))
        self.handed[thread] = (int(nodes.ref[node]), when)
        last = self._last_of_task.get(task, -1)
        waited = 0 <= last < node and float(nodes.end[last]) <= when
        if job >= 0 and not (waited and handed >= (self.jobs[job].start or 0.0)):
            self._from_job(job, node, when)
        elif waited:
            nodes.previous[node] = last
            nodes.delay[node] = when - float(nodes.end[last])
        else:
            nodes.absolute[node] = when

    def woken_by_jobs(self, candidates: Ints, when: Floats, caller: Ints) -> Bools:
        """Which nodes were released by a job of another task, or while the job still ran."""
        made = np.zeros(len(self.nodes.start), bool)
        for node in candidates[caller[candidates] > 0].tolist():
            job = self._job_of(int(caller[node]), float(when[node]))
            if job >= 0:
                self._from_job(job, node, float(when[node]))
                made[node] = True
        return made

    def _from_job(self, job: int, node: int, when: float) -> None:
        self.nodes.handed[job].append((max(when - (self.jobs[job].start or 0.0), 0.0), node))

    def _job_of(self, thread: int, time: float) -> int:
        """The job that a worker ran, of those that the replay runs again; else -1."""
        starts, own = self._jobs_of_thread.get(thread, ([], []))
        at = bisect_right(starts, time) - 1
        return own[at] if at >= 0 and (self.jobs[own[at]].end or time) >= time - AFTER_S else -1

    @cached_property
    def _jobs_of_thread(self) -> dict[int, tuple[list[float], list[int]]]:
        found: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for index in {index for submitted in self.nodes.submits.values() for _, index in submitted}:
            job = self.jobs[index]
            if job.start is not None and job.worker:
                found[job.worker].append((job.start, index))
        return {
            thread: ([start for start, _ in sorted(own)], [index for _, index in sorted(own)])
            for thread, own in found.items()
        }

    @cached_property
    def _last_of_task(self) -> dict[int, int]:
        own = np.flatnonzero(self.nodes.is_task)
        return dict(zip(self.nodes.ref[own].tolist(), own.tolist(), strict=True))

    # --- made by nobody: `asyncio.run` -----------------------------------------------------------------

    def _in_loop(self, node: int, made: float) -> bool:
        """Whether its task was made while its thread's loop ran, and is not the first in it."""
        return self._runs.reaches(int(self.nodes.thread[node]), min(made, self._before(node)), made)

    @cached_property
    def _runs(self) -> LoopRuns:
        return LoopRuns(self.line)

    def _before(self, node: int) -> float:
        """When the node of a task that ran before on its thread began."""
        own = self._tasks_of_thread[int(self.nodes.thread[node])]
        at = int(np.searchsorted(own, node)) - 1
        return float(self.nodes.start[own[at]]) if at >= 0 else -np.inf

    def _after_thread(self, node: int) -> None:
        """So long after what its thread did before."""
        nodes = self.nodes
        own = self._tasks_of_thread[int(nodes.thread[node])]
        at = int(np.searchsorted(own, node)) - 1
        last = int(own[at]) if at >= 0 else -1
        nodes.previous[node] = last
        if last < 0:
            self._began_thread(node)
        else:
            nodes.delay[node] = max(float(nodes.release[node] - nodes.end[last]), 0.0)

    @cached_property
    def _tasks_of_thread(self) -> dict[int, Ints]:
        nodes = self.nodes
        own = np.flatnonzero(nodes.is_task)
        own = own[np.argsort(nodes.thread[own], kind="stable")]
        threads, firsts = np.unique(nodes.thread[own], return_index=True)
        return dict(zip(threads.tolist(), np.split(own, firsts[1:]), strict=True))

    def _began_thread(self, node: int) -> None:
        """The first of its thread: begun by whoever started the thread, or at its recorded time."""
        nodes = self.nodes
        fact = self.line.threads.get(int(nodes.thread[node]))
        starter = -1
        if fact is not None and fact.starter:
            own = np.flatnonzero(
                (nodes.thread == fact.starter) & (nodes.start <= fact.asked) & (nodes.end >= fact.asked)
            )
            starter = int(own[0]) if len(own) else -1
        if fact is None or starter < 0 or starter >= node:
            nodes.absolute[node] = nodes.release[node]
        else:
            self.wakes.append((np.array([starter]), np.array([fact.asked]), np.array([node])))
