"""The events of a replay: which node runs when.

Each loop runs in turns, as asyncio's do: a turn takes what was ready as it began, in the order in which it became
ready; what these nodes release on their own loop is ready for the next one.  Between turns the loop looks at
what has come from outside: timers, peers, jobs, other threads.  All of that stands in one heap, in order of time,
and before a node of one thread runs, whatever comes before it on the others has run.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush

from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.plan import NEVER, Plan
from asyncwhy.analysis.schedule import Nodes

#: A mark of a node besides its count of callbacks: it is cut or submits jobs.
_SPECIAL = 128
#: From this number on an event is a thread's next turn, which comes after all else of that moment.
_TURN = 1 << 40
#: A step that begins in the moment in which another one ends was called by it, or had called it: a loop takes longer.
CALL_S = 1e-6


class Simulation:
    """Events are pairs (time, number): a node's own number for its release, then those of jobs, then those of
    parts of cut nodes, so that what happens at the same moment happens in the order of the record."""

    def __init__(
        self, nodes: Nodes, plan: Plan, jobs: list[Job], pools: dict[int, Pool], cores: int, change: Change
    ) -> None:
        self.nodes, self.plan, self.jobs, self.pools, self.change = nodes, plan, jobs, pools, change
        self.count = count = len(nodes.start)
        self.parts_from = count + len(jobs)
        # Arrays: a million floats in a list are four times as large.
        self.release = array("d", [0.0]) * count
        self.start = array("d", [math.nan]) * count
        self.ended: dict[int, float] = {}  # of nodes that were cut, or submitted jobs
        self.needs = plan.needs[:]
        self.free = [0.0] * len(plan.threads)
        self.ready: list[deque[int]] = [deque() for _ in plan.threads]
        self.awake = [False] * len(plan.threads)  # whether its next turn is among the events
        self.workers: dict[int, list[float]] = {}
        self.cores = [0.0] * max(cores, 1)
        self.heap: list[tuple[float, int]] = [NEVER]
        self.parts: list[tuple[int, float]] = []
        self.delays: list[tuple[int, float, float]] = []
        self.job_times = [(0.0, 0.0)] * len(jobs)
        self.marks = bytearray(plan.marks)
        for node in change.cuts.keys() | nodes.submits.keys():
            self.marks[node] |= _SPECIAL
        self.marks.extend(bytes(len(jobs)))
        self.happened: dict[int, tuple[int, int]] = {}  # of cut nodes: the next edge, the next job
        self.given_away: set[int] = set()  # edges that came to pass during a cut

    def run(self) -> None:
        """Take the events in order of time, and before each the turns that begin before it."""
        heap, given, free, ready = self.heap, iter(self.plan.given), self.free, self.ready
        following, thread = next(given), 0
        while True:
            entry = min(following, heap[0])
            time, item = entry
            if ready and ready[thread] and (time > free[thread] or (item >= _TURN and time == free[thread])):
                self._turns(thread, following[0])
                continue
            if entry is NEVER:
                break
            if entry is following:
                following = next(given)
            else:
                heappop(heap)
            if item >= _TURN:
                thread = self._switched(thread, item - _TURN, time)
            elif self.count <= item < self.parts_from:
                self._job(time, item - self.count)
            else:
                self._arrived(time, item, thread)

    def _arrived(self, time: float, item: int, at_hand: int) -> None:
        """A node, or a part of one, came from outside; its loop sees it before its next turn."""
        if item < self.count:
            self.release[item] = time
            thread = self.plan.thread[item]
        else:
            thread = self.plan.thread[self.parts[item - self.parts_from][0]]
        self.ready[thread].append(item)
        if thread == at_hand:
            self.free[thread] = max(self.free[thread], time)
        elif not self.awake[thread]:
            self.awake[thread] = True
            heappush(self.heap, (max(self.free[thread], time), _TURN + thread))

    def _switched(self, old: int, new: int, time: float) -> int:
        """Go on with another thread, whose turn begins at `time`."""
        self.awake[old] = bool(self.ready[old])
        if self.awake[old]:
            heappush(self.heap, (self.free[old], _TURN + old))
        self.free[new] = max(self.free[new], time)
        return new

    def _turns(self, thread: int, until: float) -> None:
        """Turns of a loop: one, and those that end before the next event, given (`until`) or in the heap."""
        heap, ready, free, marks, plan = (
            self.heap,
            self.ready[thread],
            self.free[thread],
            self.marks,
            self.plan,
        )
        take, put, several = ready.popleft, ready.append, len(self.free) > 1
        threads, runs, first, children, after = plan.thread, plan.run, plan.first, plan.children, plan.after
        release, starts, needs = self.release, self.start, self.needs
        while True:
            for _ in range(len(ready)):
                item = take()
                if mark := marks[item]:
                    self.free[thread] = free
                    self._special(item, mark, thread)
                    free = self.free[thread]
                    continue
                starts[item] = began = free
                free += runs[item]
                for edge in range(first[item], first[item + 1]):
                    # The same as `_need`, without calls: this is where the time goes.
                    child, then = children[edge], began + after[edge]
                    release[child] = then = release[child] if release[child] > then else then  # noqa: FURB136
                    if needs[child] > 1:
                        needs[child] -= 1
                    elif then <= free and threads[child] == thread:
                        put(child)
                    else:
                        heappush(heap, (then, child))
                if several and (heap[0][0] < free or until < free):
                    break
            if not ready or heap[0][0] <= free or until <= free:
                break
        self.free[thread] = free

    def _special(self, item: int, mark: int, thread: int) -> None:
        """A node that stands behind callbacks, is cut or submits jobs, or a part of a cut one."""
        if mark != _SPECIAL:
            self.marks[item] -= 1
            self.ready[thread].append(item)
            return
        began = self.free[thread]
        node, offset = item, 0.0
        if item < self.count:
            self.start[node] = began
        else:
            node, offset = self.parts[item - self.parts_from]
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
        heappush(self.heap, (back, self.parts_from + len(self.parts)))
        self.marks.append(_SPECIAL)
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
                self._need(child, away, plan.thread[node])

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
                time = base + min(max(plan.after[edge], low), high)
                self._need(plan.children[edge], time, plan.thread[node])
            edge += 1
        while job < len(submits) and (last or submits[job][0] < high):
            heappush(self.heap, (base + min(max(submits[job][0], low), high), self.count + submits[job][1]))
            job += 1
        self.happened[node] = (edge, job)

    def _need(self, node: int, time: float, thread: int = -1) -> None:
        """One thing that a node needs happened at `time`, by a node that ran on `thread` if by one."""
        self.release[node] = max(self.release[node], time)
        self.needs[node] -= 1
        if self.needs[node] > 0:
            return
        if self.plan.thread[node] == thread and self.release[node] <= self.free[thread]:
            self.ready[thread].append(node)
        else:
            heappush(self.heap, (self.release[node], node))

    def _over(self, node: int, ended: float) -> None:
        plan = self.plan
        self.ended[node] = ended
        for edge in range(plan.woken[node], plan.first[node + 1]):
            self._need(plan.children[edge], ended + plan.after[edge] - plan.run[node], plan.thread[node])

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
