"""The what-if: the recorded schedule run again, with a cause removed.

A discrete-event simulation.  Each loop's thread is one server that takes what is ready in the order in which
it became ready; a pool is k workers that take jobs in the order of submission; what is outside (timers,
peers) takes as long as it took.  Unchanged it gives back the measured time (`tests/analysis/test_replay.py`
holds it to 5 %).  A change does what the fix would do and nothing else: a blocked hold becomes a delay
during which the loop is free, a computation moves to one of the machine's cores, a pool gets more workers.

Events are taken from one heap in the order of their release.  Whatever a node releases is released no
earlier than the node itself began, so the order in which they are taken is the order of each queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

import numpy as np

from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.timeline import Floats


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a node's run that leaves the loop: from `offset` for `length` seconds.

    With `computes` it needs one of the machine's cores; otherwise it only takes time.
    """

    offset: float
    length: float
    computes: bool


@dataclass
class Change:
    """What fixes do: cuts by node, workers by pool, and jobs that move to a process, with the seconds that
    each needs of a core there; `like` maps a node to another one together with which it is released."""

    cuts: dict[int, list[Cut]] = field(default_factory=dict)
    workers: dict[int, int] = field(default_factory=dict)
    in_processes: dict[int, float] = field(default_factory=dict)
    like: dict[int, int] = field(default_factory=dict)

    def plus(self, other: Change) -> Change:
        """Both changes at once."""
        cuts = {node: list(own) for node, own in self.cuts.items()}
        for node, more in other.cuts.items():
            cuts.setdefault(node, []).extend(more)
        return Change(
            {node: sorted(own, key=lambda cut: cut.offset) for node, own in cuts.items()},
            {**self.workers, **other.workers},
            {**self.in_processes, **other.in_processes},
            {**self.like, **other.like},
        )


@dataclass
class Replay:
    """The schedule that came out: when each node was released, began and ended, and the last end of all.

    `progress_s` sums what tasks spent running or waiting for something outside; `busy` are the intervals in
    which a task was in flight.
    """

    release: Floats
    start: Floats
    end: Floats
    last: float
    progress_s: float
    in_flight_s: float
    delays: list[tuple[int, float, float]]

    @property
    def concurrency(self) -> float:
        """Mean number of tasks that make progress while any is in flight."""
        return self.progress_s / self.in_flight_s if self.in_flight_s > 0 else 0.0


def run(
    nodes: Nodes, jobs: list[Job], pools: dict[int, Pool], cores: int, change: Change | None = None
) -> Replay:
    """Simulate; `change` None gives the run back as it was."""
    return _Simulation(nodes, jobs, pools, cores, change or Change()).run()


_NODE, _JOB, _PART = 0, 1, 2


class _Simulation:
    def __init__(
        self, nodes: Nodes, jobs: list[Job], pools: dict[int, Pool], cores: int, change: Change
    ) -> None:
        self.nodes, self.jobs, self.change = nodes, jobs, change
        count = len(nodes.start)
        self.release = [0.0] * count
        self.start = [0.0] * count
        self.end = [0.0] * count
        self.needs = list(nodes.needs)
        self.free: dict[int, float] = {}
        self.workers: dict[int, list[float]] = {}
        self.pools = pools
        self.cores = [0.0] * max(cores, 1)
        self.heap: list[tuple[float, int, int, int, float]] = []
        self.order = 0
        self.delays: list[tuple[int, float, float]] = []
        self.following: list[list[int]] = [[] for _ in range(count)]
        self.previous, self.delay, self.absolute = (
            nodes.previous.tolist(),
            nodes.delay.tolist(),
            nodes.absolute.tolist(),
        )
        for node, model in change.like.items():
            self.previous[node], self.delay[node] = self.previous[model], self.delay[model]
            self.absolute[node] = self.absolute[model]
        for node, before in enumerate(self.previous):
            if before >= 0 and self.delay[node] == self.delay[node]:  # not NaN
                self.following[before].append(node)
                self.needs[node] += 1

    def run(self) -> Replay:
        for node, time in enumerate(self.absolute):
            if time == time and not self.needs[node]:
                self.heap.append((time, node, _NODE, node, 0.0))
            elif not self.needs[node]:
                self.heap.append((float(self.nodes.release[node]), node, _NODE, node, 0.0))
        self.order = len(self.absolute)
        heapify(self.heap)
        threads = self.nodes.thread.tolist()
        runs = self.nodes.run.tolist()
        cuts = self.change.cuts
        while self.heap:
            time, _, what, item, offset = heappop(self.heap)
            if what == _JOB:
                self._job(time, item)
                continue
            thread = threads[item]
            began = max(time, self.free.get(thread, 0.0))
            if what == _NODE:
                self.release[item], self.start[item] = time, began
            own = cuts.get(item)
            if own is None:
                ended = began + runs[item]
                self.free[thread] = ended
                self._effects(item, began, 0.0, runs[item], True)
                self._over(item, ended)
            else:
                self._part(item, began, offset, own, thread, runs[item])
        return self._result()

    def _push(self, time: float, what: int, item: int, offset: float = 0.0) -> None:
        self.order += 1
        heappush(self.heap, (time, self.order, what, item, offset))

    def _part(self, node: int, began: float, offset: float, cuts: list[Cut], thread: int, run: float) -> None:
        """Run from `offset` to the next cut, leave the loop there, come back after it."""
        cut = next((cut for cut in cuts if cut.offset >= offset - 1e-12), None)
        until = run if cut is None else min(max(cut.offset, offset), run)
        ended = began + until - offset
        self.free[thread] = ended
        if cut is None:
            self._effects(node, began - offset, offset, run, True)
            self._over(node, ended)
            return
        self._effects(node, began - offset, offset, until, False)
        back = ended + cut.length
        if cut.computes:
            core = heappop(self.cores)
            back = max(ended, core) + cut.length
            heappush(self.cores, back)
        self.delays.append((node, ended, back))
        self._push(back, _PART, node, min(cut.offset + cut.length, run) + 1e-12)

    def _effects(self, node: int, base: float, low: float, high: float, last: bool) -> None:
        """Release what the node released, and submit what it submitted, between two offsets of its run."""
        for offset, child in self.nodes.wakes[node]:
            if (offset >= low or low == 0.0) and (offset < high or last):
                self._need(child, base + min(max(offset, low), high))
            elif offset < low and low > 0.0 and not self._done_before(node, offset, low):
                self._need(child, base + low)
        for offset, job in self.nodes.submits[node]:
            if offset >= low and (offset < high or last):
                self._push(base + offset, _JOB, job)

    def _done_before(self, node: int, offset: float, low: float) -> bool:
        # An effect inside a cut happens when the cut is over; one before it has already happened.
        return not any(
            cut.offset <= offset < cut.offset + cut.length and abs(cut.offset + cut.length - low) < 1e-9
            for cut in self.change.cuts.get(node, ())
        )

    def _need(self, node: int, time: float) -> None:
        self.release[node] = max(self.release[node], time)
        self.needs[node] -= 1
        if self.needs[node] == 0:
            self._push(self.release[node], _NODE, node)

    def _over(self, node: int, ended: float) -> None:
        self.end[node] = ended
        for following in self.following[node]:
            self._need(following, ended + self.delay[following])

    def _job(self, time: float, index: int) -> None:
        job = self.jobs[index]
        length = job.run_s
        if job.start is None or job.end is None:
            ended = time + (job.end - job.submitted if job.end is not None else 0.0)
        elif index in self.change.in_processes:
            core = heappop(self.cores)
            ended = max(time, core) + self.change.in_processes[index]
            heappush(self.cores, ended)
        else:
            workers = self._workers(job.pool)
            ended = max(time, heappop(workers)) + length
            heappush(workers, ended)
        for node in self.nodes.joins[index]:
            self._need(node, ended)

    def _workers(self, pool: int) -> list[float]:
        workers = self.workers.get(pool)
        if workers is None:
            count = self.change.workers.get(pool) or (self.pools[pool].workers if pool in self.pools else 1)
            workers = self.workers[pool] = [0.0] * min(max(count, 1), 10_000)
        return workers

    def _result(self) -> Replay:
        nodes = self.nodes
        start, end, release = np.array(self.start), np.array(self.end), np.array(self.release)
        tasks = nodes.is_task & (end > 0)
        previous = np.array(self.previous, dtype=np.int64)
        same_task = (previous >= 0) & (nodes.ref[previous] == nodes.ref)
        outside = tasks & ~np.isnan(np.array(self.delay)) & same_task
        for node in self._joining():
            outside[node] = True
        began = np.where(outside, end[previous], release)
        left = sum(back - away for _, away, back in self.delays)
        running = float(nodes.run[tasks].sum()) - sum(
            cut.length for node, cuts in self.change.cuts.items() if tasks[node] for cut in cuts
        )
        return Replay(
            release,
            start,
            end,
            float(end[tasks].max()) if tasks.any() else 0.0,
            running + float((release - began)[tasks].sum()) + left,
            union(np.column_stack((began[tasks], end[tasks]))),
            self.delays,
        )

    def _joining(self) -> set[int]:
        return {
            node
            for nodes in self.nodes.joins
            for node in nodes
            if self.nodes.previous[node] >= 0 and self.end[node]
        }


def union(intervals: Floats) -> float:
    """Total length of the union of (n, 2) intervals."""
    if not len(intervals):
        return 0.0
    ordered = intervals[np.argsort(intervals[:, 0])]
    reach = np.maximum.accumulate(ordered[:, 1])
    gaps = np.maximum(ordered[1:, 0] - reach[:-1], 0.0).sum()
    return float(reach[-1] - ordered[0, 0] - gaps)
