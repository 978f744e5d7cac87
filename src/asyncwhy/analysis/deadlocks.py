"""Pools in which every worker waits for a job that only those workers could run.

At a moment a set of workers is deadlocked if each of them waits for another thread, if everything that it
has handed out and that is not done is either queued in a pool all of whose workers are in the set or runs on
a worker of the set, and if there is such a pool.  The greatest such set is found by taking away, again and
again, the workers for which it does not hold.  What a coroutine that a worker handed to a loop has submitted
counts as the worker's own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.stuck import SHORTEST_S, Handed, Stuck, at, descendants
from asyncwhy.analysis.timeline import Timeline

#: Moments that are looked at: the longest waits first.  Nobody waits for more places than this.
MOST_MOMENTS = 400
#: Threads of one task that wait for each other, one inside the other, are followed so deep.
NESTED = 4


@dataclass
class Deadlock:
    """From `start` to `end` no worker of `pools` could go on: `waits` are theirs, `held` the jobs that they
    ran (indices), `queued` the jobs that they waited for."""

    pools: frozenset[int]
    start: float
    end: float
    waits: list[Stuck] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    queued: set[int] = field(default_factory=set)


def deadlocks(
    line: Timeline,
    jobs: list[Job],
    pools: dict[int, Pool],
    waits: dict[int, list[Stuck]],
    handed: list[Handed],
) -> list[Deadlock]:
    """All deadlocks of thread pools in one process, those of the same pools that overlap as one."""
    graph = _Graph(line, jobs, pools, waits, handed)
    found: list[Deadlock] = []
    for moment in graph.moments():
        if not any(one.start <= moment <= one.end for one in found):
            found.extend(graph.deadlocked(moment))
    return _merged(found)


class _Graph:
    """Who waits for whom."""

    def __init__(
        self,
        line: Timeline,
        jobs: list[Job],
        pools: dict[int, Pool],
        waits: dict[int, list[Stuck]],
        handed: list[Handed],
    ) -> None:
        self.jobs, self.pools, self.waits = jobs, pools, waits
        self.by_worker: dict[int, list[int]] = defaultdict(list)
        for index, job in enumerate(jobs):
            if job.start is not None and job.pool in pools and not pools[job.pool].is_processes:
                self.by_worker[job.worker].append(index)
        for own in self.by_worker.values():
            own.sort(key=lambda index: jobs[index].start or 0.0)
        self.begun = {
            worker: [jobs[index].start or 0.0 for index in own] for worker, own in self.by_worker.items()
        }
        self.submitted = self._submitted(line, handed)

    def _submitted(self, line: Timeline, handed: list[Handed]) -> dict[int, list[int]]:
        """worker -> jobs that it submitted, itself or through a coroutine that it handed to a loop."""
        made: dict[int, list[int]] = defaultdict(list)
        for index, job in enumerate(self.jobs):
            if job.submitter in self.by_worker:
                made[job.submitter].append(index)
        through: dict[int, int] = {}
        for one in handed:
            if one.thread in self.by_worker and one.task:
                through.update(dict.fromkeys(descendants(line, one.task), one.thread))
        for index, job in enumerate(self.jobs if through else ()):
            worker = through.get(job.task)
            if worker is not None and job.submitter != worker:
                made[worker].append(index)
        for index, worker in self._through_host():
            made[worker].append(index)
        return made

    def _through_host(self) -> Iterator[tuple[int, int]]:
        """(job, worker) of jobs that a task submitted while it waited for one of its own: trio has what a thread
        hands back run by the task that waits for the thread."""
        hosted: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for own in self.by_worker.values():
            for index in own:
                job = self.jobs[index]
                if job.task and self.pools[job.pool].is_limiter:
                    hosted[job.task].append((job.start or 0.0, index))
        for own_hosts in hosted.values():
            own_hosts.sort()
        for index, job in enumerate(self.jobs if hosted else ()):
            hosts = hosted.get(job.task, [])
            last = bisect_right(hosts, (job.submitted, len(self.jobs)))
            for _, host in hosts[max(last - NESTED, 0) : last]:
                if host != index and not self._done(host, job.submitted):
                    yield index, self.jobs[host].worker

    def moments(self) -> list[float]:
        """When a worker waited that had submitted what was still queued."""
        chosen: list[Stuck] = []
        for worker, own in self.submitted.items():
            for wait in self.waits.get(worker, ()):
                middle = (wait.start + wait.end) / 2
                if any(self._queued(index, middle) for index in own):
                    chosen.append(wait)
        chosen.sort(key=lambda wait: wait.start - wait.end)
        made = {(wait.start + wait.end) / 2 for wait in chosen[:MOST_MOMENTS]}
        return sorted(made | {wait.start + SHORTEST_S / 2 for wait in chosen[:MOST_MOMENTS]})

    def deadlocked(self, moment: float) -> list[Deadlock]:
        """The deadlock of that moment, if there is one."""
        running = self._running(moment)
        caught: dict[int, Stuck] = {}
        needs: dict[int, list[int]] = {}
        for worker, index in running.items():
            wait = at(self.waits.get(worker, []), moment)
            since = self.jobs[index].start or 0.0
            own = [
                one
                for one in self.submitted.get(worker, ())
                if since <= self.jobs[one].submitted <= moment and not self._done(one, moment)
            ]
            if wait is not None and own:
                caught[worker], needs[worker] = wait, own
        full = self._shrunk(running, caught, needs, moment)
        if not full:
            return []
        queued = {one for worker in caught for one in needs[worker] if self._queued(one, moment)}
        last = max(self.jobs[one].submitted for one in queued)
        start = max(last, max(wait.start for wait in caught.values()) - SHORTEST_S)
        ends = [self.jobs[running[worker]].end for worker in caught]
        ended = min((end for end in ends if end is not None), default=None)
        end = min(wait.end for wait in caught.values())
        if ended is not None and ended - end <= 2 * SHORTEST_S:
            end = max(end, ended)
        held = {running[worker] for worker in caught}
        return [Deadlock(frozenset(full), start, end, list(caught.values()), held, queued)]

    def _shrunk(
        self, running: dict[int, int], caught: dict[int, Stuck], needs: dict[int, list[int]], moment: float
    ) -> set[int]:
        """The pools all of whose workers are caught; takes out of `caught` those who may go on."""
        while caught:
            workers: dict[int, int] = defaultdict(int)
            for worker in caught:
                workers[self.jobs[running[worker]].pool] += 1
            full = {pool for pool, count in workers.items() if count >= self.pools[pool].workers}
            free = [
                worker
                for worker in caught
                if not all(
                    self.jobs[one].pool in full
                    if self._queued(one, moment)
                    else self.jobs[one].worker in caught
                    for one in needs[worker]
                )
            ]
            if not full:
                return set()
            if not free:
                return full
            for worker in free:
                del caught[worker]
        return set()

    def _running(self, moment: float) -> dict[int, int]:
        """worker -> the job that it runs."""
        made: dict[int, int] = {}
        for worker, begun in self.begun.items():
            place = bisect_right(begun, moment) - 1
            if place >= 0:
                index = self.by_worker[worker][place]
                if not self._done(index, moment):
                    made[worker] = index
        return made

    def _done(self, index: int, moment: float) -> bool:
        end = self.jobs[index].end
        return end is not None and end <= moment

    def _queued(self, index: int, moment: float) -> bool:
        job = self.jobs[index]
        return job.submitted <= moment and (job.start > moment if job.start is not None else job.end is None)


def _merged(found: list[Deadlock]) -> list[Deadlock]:
    made: list[Deadlock] = []
    for one in sorted(found, key=lambda one: one.start):
        same = next((old for old in made if old.pools == one.pools and one.start <= old.end), None)
        if same is None:
            made.append(one)
            continue
        same.end = max(same.end, one.end)
        same.waits += [wait for wait in one.waits if wait not in same.waits]
        same.held |= one.held
        same.queued |= one.queued
    return made
