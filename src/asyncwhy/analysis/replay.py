"""The what-if: the recorded schedule run again, with a cause removed.

A discrete-event simulation.  Each loop's thread is one server that takes what is ready in the order in which
it became ready; a pool is k workers that take jobs in the order of submission; what is outside (timers,
peers) takes as long as it took.  Unchanged it gives back the measured time (`tests/analysis/test_replay.py`
holds it to 5 %).  A change does what the fix would do and nothing else: a blocked hold becomes a delay
during which the loop is free, a computation moves to one of the machine's cores, a pool gets more workers.

Events are taken in the order of their release.  Whatever a node releases is released no earlier than the
node itself began, so the order in which they are taken is the order of each queue.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from asyncwhy.analysis.altered import altered
from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.lookup import union
from asyncwhy.analysis.plan import NEVER as _NEVER
from asyncwhy.analysis.plan import OUTSIDE, Plan, plan
from asyncwhy.analysis.relink import relinked
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.timeline import Floats

#: A mark of a node besides those of its plan: it is cut or submits jobs.
_SPECIAL = 128
#: Before every event.
_EVER = (-math.inf, -1)


@dataclass
class Replay:
    """The schedule that came out: when each node was released, began and ended, and the last end of all.

    `progress_s` sums what tasks spent running or waiting for something outside; `busy` are the intervals in
    which a task was in flight.  `jobs` are the (start, end) of the jobs, empty where nothing was simulated.
    """

    release: Floats
    start: Floats
    end: Floats
    last: float
    progress_s: float
    in_flight_s: float
    delays: list[tuple[int, float, float]]
    jobs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def concurrency(self) -> float:
        """Mean number of tasks that make progress while any is in flight."""
        return self.progress_s / self.in_flight_s if self.in_flight_s > 0 else 0.0


def run(
    nodes: Nodes, jobs: list[Job], pools: dict[int, Pool], cores: int, change: Change | None = None
) -> Replay:
    """Simulate; `change` None gives the run back as it was."""
    made = _Simulation(nodes, jobs, pools, cores, change or Change()).run()
    count = len(nodes.start)  # parts of nodes come after them
    made.release, made.start, made.end = made.release[:count], made.start[:count], made.end[:count]
    return made


#: A step that begins in the moment in which another one ends was called by it, or had called it: a loop takes longer.
CALL_S = 1e-6


class _Simulation:
    """Events are pairs (time, number): a node's own number for its release, then those of jobs, then those of
    parts of cut nodes, so that what happens at the same moment happens in the order of the record."""

    def __init__(
        self, nodes: Nodes, jobs: list[Job], pools: dict[int, Pool], cores: int, change: Change
    ) -> None:
        if change.earlier or change.shorter:
            nodes = altered(nodes, change.earlier, change.shorter)
        nodes = change.rewired.of(nodes) if change.rewired else nodes
        nodes = relinked(nodes, change.links) if change.links else nodes
        self.nodes, self.jobs, self.pools, self.change = nodes, jobs, pools, change
        self.count = count = len(nodes.start)
        self.plan = nodes.plan if not change.like else plan(nodes, change.like)
        # Arrays: a million floats in a list are four times as large.
        self.release = array("d", [0.0]) * count
        self.start = array("d", [math.nan]) * count
        self.noticed = array("d", [math.inf]) * count  # when what was noticed late could have run
        self.ended: dict[int, float] = {}  # of nodes that were cut, or submitted jobs
        self.needs = self.plan.needs[:]
        self.free = [0.0] * len(self.plan.threads)
        self.turn = [0.0] * len(
            self.plan.threads
        )  # when each loop's turn is over: all that was ready as it began
        self.workers: dict[int, list[float]] = {}
        self.cores = [0.0] * max(cores, 1)
        self.heap: list[tuple[float, int]] = [_NEVER]
        self.parts: list[tuple[int, float]] = []
        self.delays: list[tuple[int, float, float]] = []
        self.job_times = [(0.0, 0.0)] * len(jobs)
        self.marks = bytearray(self.plan.marks)
        for node in change.cuts.keys() | nodes.submits.keys():
            self.marks[node] |= _SPECIAL
        self.happened: dict[int, tuple[int, int]] = {}  # of cut nodes: the next edge, the next job
        self.given_away: set[int] = set()  # edges that came to pass during a cut

    def run(self) -> Replay:
        """The schedule that comes out."""
        self._take_events()
        release, start, noticed = np.array(self.release), np.array(self.start), np.array(self.noticed)
        release = np.minimum(release, noticed)
        end = start + self.nodes.run
        end[np.fromiter(self.ended, np.int64, len(self.ended))] = list(self.ended.values())
        times = (release, np.nan_to_num(start, copy=False), np.nan_to_num(end, copy=False))
        made = outcome(self.nodes, self.plan, self.change, times, self.delays)
        made.jobs = self.job_times
        return made

    def _take_events(self) -> None:
        """Take the events in order of time.  Those that come in that order wait in `soon`, the others in a heap."""
        heap, soon, given, latest = self.heap, deque[tuple[float, int]](), iter(self.plan.given), _EVER
        following, take, put = next(given), soon.popleft, soon.append
        plan, count, free, turn, marks = self.plan, self.count, self.free, self.turn, self.marks
        threads, runs, first, children, after = plan.thread, plan.run, plan.first, plan.children, plan.after
        release, starts, needs = self.release, self.start, self.needs
        while True:
            entry = soon[0] if soon and soon[0] < following else following
            if heap[0] < entry:
                entry = heappop(heap)
            elif entry is not following:
                take()
            elif entry is _NEVER:
                break
            else:
                following = next(given)
            time, item = entry
            mark = marks[item] if item < count else _SPECIAL
            if mark & _SPECIAL:
                self._special(time, item, mark)
                continue
            began = free[thread := threads[item]]
            if time > turn[thread]:
                turn[thread] = began if began > time else time  # noqa: FURB136
            if began <= time:
                began = time
            elif mark:
                heappush(heap, (self._behind(item, mark, time), item))
                continue
            release[item], starts[item] = time, began
            free[thread] = ended = began + runs[item]
            edge, last = first[item], first[item + 1]
            while edge < last:  # the same as `_need`, without calls: this is where the time goes
                child, then = children[edge], began + after[edge]
                edge += 1
                then = release[child] if release[child] > then else then  # noqa: FURB136
                if needs[child] > 1:
                    needs[child], release[child] = needs[child] - 1, then
                elif then <= ended and (entry := (then, child)) > latest:
                    put(latest := entry)
                else:
                    heappush(heap, (then, child))

    def _behind(self, node: int, mark: int, time: float) -> float:
        """When a loop that is busy at `time` comes to look at the node again: at what timers, peers and jobs
        release when its turn is over, at what callbacks do when all is done that is ready before them."""
        outside, thread = mark & OUTSIDE, self.plan.thread[node]
        self.marks[node], self.noticed[node] = mark - (outside or 1), min(self.noticed[node], time)
        return self.turn[thread] if outside else self.free[thread]

    def _special(self, time: float, item: int, mark: int) -> None:
        """A job, a part of a cut node, or a node that is cut or submits jobs."""
        if item >= self.count:
            if item - self.count < len(self.jobs):
                self._job(time, item - self.count)
                return
            node, offset = self.parts[item - self.count - len(self.jobs)]
        else:
            node, offset = item, 0.0
        thread = self.plan.thread[node]
        began = max(time, self.free[thread])
        if time > self.turn[thread]:
            self.turn[thread] = began
        if item == node:
            if mark > _SPECIAL and began > time:
                heappush(self.heap, (self._behind(node, mark, time), node))
                return
            self.release[node], self.start[node] = time, began
        self._part(node, began, offset, self.change.cuts.get(node, ()), thread)

    def _part(self, node: int, began: float, offset: float, cuts: Sequence[Cut], thread: int) -> None:
        """Run from `offset` to the next cut, leave the loop there, come back after it."""
        run = self.plan.run[node]
        # What begins at the node's end, or has no length, leaves nothing out: it would be come back to for ever.
        cut = next(
            (c for c in cuts if c.offset >= offset - 1e-12 and c.offset < run and c.length > 1e-9), None
        )
        until = run if cut is None else min(max(cut.offset, offset), run)
        ended = began + until - offset
        self.free[thread] = ended
        if cut is None:
            self._effects(node, began - offset, offset, run, True)
            self._over(node, ended)
            return
        self._effects(node, began - offset, offset, until, False)
        self._callers(node, ended)
        takes = cut.length if cut.takes is None else cut.takes
        back = ended + takes
        if cut.computes:
            core = heappop(self.cores)
            back = max(ended, core) + takes
            heappush(self.cores, back)
        else:
            self._meanwhile(node, cut, ended, takes)
        self.delays.append((node, ended, back))
        heappush(self.heap, (back, self.count + len(self.jobs) + len(self.parts)))
        self.parts.append((node, min(cut.offset + cut.length, run) + 1e-12))

    def _callers(self, node: int, away: float) -> None:
        """Whoever called this step as a function, and stood still until it gave back, goes on when it first awaits."""
        plan, nodes = self.plan, self.nodes
        for edge in range(plan.first[node], plan.woken[node]):
            child = plan.children[edge]
            before = int(nodes.previous[child])
            if before < 0 or edge in self.given_away or plan.thread[child] != plan.thread[node]:
                continue
            called = abs(float(nodes.end[before] - nodes.start[node])) < CALL_S
            if called and abs(float(nodes.start[child] - nodes.end[node])) < CALL_S:
                self.given_away.add(edge)
                self._need(child, away)

    def _meanwhile(self, node: int, cut: Cut, away: float, takes: float) -> None:
        """What a node that only waited had given to other threads just then is done by them while it waits."""
        plan, submits = self.plan, self.nodes.submits.get(node, ())
        edge, job = self.happened.get(node, (plan.first[node], 0))
        until, pace = cut.offset + cut.length, takes / cut.length
        while edge < plan.woken[node] and plan.after[edge] < until:
            child = plan.children[edge]
            if plan.thread[child] != plan.thread[node] and edge not in self.given_away:
                self.given_away.add(edge)
                self._need(child, away + max(plan.after[edge] - cut.offset, 0.0) * pace)
            edge += 1
        while job < len(submits) and submits[job][0] < until:
            time = away + max(submits[job][0] - cut.offset, 0.0) * pace
            heappush(self.heap, (time, self.count + submits[job][1]))
            job += 1
        self.happened[node] = (self.happened.get(node, (plan.first[node], 0))[0], job)

    def _effects(self, node: int, base: float, low: float, high: float, last: bool) -> None:
        """Release what the node released, and submit what it submitted, up to offset `high` of its run.

        What would have happened on its own loop inside a cut happens when the cut is over, at `low`.
        """
        plan, submits = self.plan, self.nodes.submits.get(node, ())
        edge, job = self.happened.get(node, (plan.first[node], 0))
        while edge < plan.woken[node] and (last or plan.after[edge] < high):
            if edge not in self.given_away:
                self._need(plan.children[edge], base + min(max(plan.after[edge], low), high))
            edge += 1
        while job < len(submits) and (last or submits[job][0] < high):
            heappush(self.heap, (base + min(max(submits[job][0], low), high), self.count + submits[job][1]))
            job += 1
        self.happened[node] = (edge, job)

    def _need(self, node: int, time: float) -> None:
        self.release[node] = max(self.release[node], time)
        self.needs[node] -= 1
        if self.needs[node] == 0:
            heappush(self.heap, (self.release[node], node))

    def _over(self, node: int, ended: float) -> None:
        plan = self.plan
        self.ended[node] = ended
        for edge in range(plan.woken[node], plan.first[node + 1]):
            self._need(plan.children[edge], ended + plan.after[edge] - plan.run[node])

    def _job(self, time: float, index: int) -> None:
        job = self.jobs[index]
        length = self.change.lengths.get(index, job.run_s)
        began = time
        if index in self.change.inline:
            ended = time + self.change.inline[index]
        elif job.start is None or job.end is None:
            ended = time + (job.end - job.submitted if job.end is not None else 0.0)
        elif index in self.change.in_processes:
            began = max(time, heappop(self.cores))
            ended = began + self.change.in_processes[index]
            heappush(self.cores, ended)
        else:
            workers = self._workers(job.pool)
            began = max(time, heappop(workers))
            ended = began + length
            heappush(workers, ended)
        self.job_times[index] = (began, ended)
        for node in self.nodes.joins[index]:
            self._need(node, ended)
        for offset, node in self.nodes.handed[index]:
            self._need(node, min(began + offset, ended))

    def _workers(self, pool: int) -> list[float]:
        workers = self.workers.get(pool)
        if workers is None:
            count = self.change.workers.get(pool) or (self.pools[pool].workers if pool in self.pools else 1)
            workers = self.workers[pool] = [0.0] * min(max(count, 1), 10_000)
        return workers


def outcome(
    nodes: Nodes,
    plan: Plan,
    change: Change,
    times: tuple[Floats, Floats, Floats],
    delays: list[tuple[int, float, float]],
) -> Replay:
    """What came out, from the times (release, start, end) of all nodes."""
    release, start, end = times
    for poll in nodes.polls:  # the looks that are not needed any more
        spared = poll.looks[(start[poll.looks] > start[poll.found]) & (end[poll.found] > 0)]
        release[spared] = start[spared] = end[spared] = 0.0
    tasks = nodes.is_task & (end > 0)
    previous = plan.previous
    same_task = (previous >= 0) & (nodes.ref[previous] == nodes.ref) if len(previous) else tasks
    outside = tasks & ~np.isnan(plan.delay) & same_task
    outside |= nodes.waits_job & (nodes.previous >= 0) & (end != 0)
    outside &= ~nodes.polling
    began = np.where(outside, end[previous], release) if len(previous) else release
    left = sum(back - away for _, away, back in delays)
    running = float(nodes.run[tasks].sum()) - sum(
        cut.length for node, cuts in change.cuts.items() if tasks[node] for cut in cuts
    )
    return Replay(
        release,
        start,
        end,
        float(end[tasks].max()) if tasks.any() else 0.0,
        running + float((release - began)[tasks].sum()) + left,
        union(np.column_stack((began[tasks], end[tasks]))),
        delays,
    )


def recorded(nodes: Nodes) -> Replay:
    """The run as it was, in the same terms: nothing is simulated."""
    return outcome(nodes, nodes.plan, Change(), (nodes.release, nodes.start, nodes.end), [])
