"""The recorded run as nodes and what released each: what the replay runs again.

A node is a step, or several short steps of one task close together.  It was released

* by a step of a task that was on the loop when it became ready (through any number of short callbacks),
* by the end of jobs that its task had submitted, or by a job of another task at some point of its run,
* by something outside, a timer or a peer, a certain time after its task's previous node ended, or
* for callbacks that nothing inside released: at its recorded time.

A task that waits for several others (gather, a task group) is released by the last of them, whichever
that turns out to be.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from asyncwhy.analysis import joins, limiters
from asyncwhy.analysis.beginnings import Beginnings
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.lookup import Latest, expand, ranks
from asyncwhy.analysis.overhead import between_steps
from asyncwhy.analysis.plan import Plan, plan
from asyncwhy.analysis.polls import Poll, link
from asyncwhy.analysis.timeline import Bools, Floats, Ints, Timeline
from asyncwhy.analysis.touches import Touch, woken
from asyncwhy.trace import schema

#: Steps of one task closer together than this are one node...
GAP_S = 0.0005
#: ...as long as they sum up to less than this; a longer step is always a node of its own.
LONG_S = 0.001


@dataclass
class Wakes:
    """Who released whom: rows sorted by `node`, then by `offset` (seconds in the run of the node)."""

    node: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    offset: Floats = field(default_factory=lambda: np.zeros(0))
    child: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass
class Nodes:
    """Columns of the nodes, sorted by start.  Times in seconds of the run.

    `release` is when the node could run; `delay` is the outside wait before that, counted from the end of
    node `previous`, or NaN where something inside released it; `absolute` is when it was released if nothing
    is known of why; `relays` counts the callbacks through which its release reached it; `submits` lists
    (offset in the run of the node, job), `joins` per job the nodes that wait for it, `handed` the (offset in its
    run, node) that it released meanwhile; `polls` are
    nodes whose number is not that of the record.
    """

    thread: Ints
    start: Floats
    end: Floats
    run: Floats
    ref: Ints
    release: Floats
    previous: Ints
    delay: Floats
    absolute: Floats
    relays: Ints
    node_of: Ints  # the node of every step of the timeline
    edges: Wakes = field(default_factory=Wakes)
    submits: defaultdict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    joins: list[list[int]] = field(default_factory=list)
    handed: list[list[tuple[float, int]]] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)

    @cached_property
    def is_task(self) -> Bools:
        """Whether a node belongs to a task; the others are callbacks."""
        made: Bools = (self.ref & schema.CALLBACK) == 0
        return made

    @cached_property
    def continues(self) -> Bools:
        """Whether a node's `previous` is one of the same task."""
        made: Bools = (self.previous >= 0) & (self.ref[self.previous] == self.ref)
        return made

    @cached_property
    def polling(self) -> Bools:
        """Whether a node ends a sleep of a task that only looks whether something has happened."""
        made = np.zeros(len(self.start), bool)
        for poll in self.polls:
            made[poll.looks] = made[poll.found] = True
        return made

    @cached_property
    def waits_job(self) -> Bools:
        """Whether a node waits for the end of a job, or for what a job does."""
        made = np.zeros(len(self.start), bool)
        for waiting in self.joins:
            made[waiting] = True
        for handed in self.handed:
            made[[node for _, node in handed]] = True
        return made

    @cached_property
    def needs(self) -> Ints:
        """How many wakes and jobs must come before each node; its own outside wait is not among them."""
        made = np.bincount(self.edges.child, minlength=len(self.start))
        for waiting in self.joins:
            for node in waiting:
                made[node] += 1
        for handed in self.handed:
            for _, node in handed:
                made[node] += 1
        return made

    @cached_property
    def plan(self) -> Plan:
        """What the unchanged replay runs."""
        return plan(self)

    @cached_property
    def wakes(self) -> list[list[tuple[float, int]]]:
        """Per node (offset in its run, child), for looking at; the replay reads `edges`."""
        made: list[list[tuple[float, int]]] = [[] for _ in range(len(self.start))]
        edges = self.edges
        for node, offset, child in zip(
            edges.node.tolist(), edges.offset.tolist(), edges.child.tolist(), strict=True
        ):
            made[node].append((offset, child))
        return made


def build(
    timeline: Timeline,
    jobs: list[Job],
    polled: frozenset[int] = frozenset(),
    touched: Sequence[Touch] = (),
) -> Nodes:
    """The nodes of one process; tasks suspended on one of the `polled` stacks only sleep until they look again, and
    what was `touched` goes on when the loop noticed it."""
    return _Builder(timeline, jobs, polled, touched).build()


class _Builder:
    def __init__(
        self, timeline: Timeline, jobs: list[Job], polled: frozenset[int], touched: Sequence[Touch]
    ) -> None:
        self.line = timeline
        self.jobs = jobs
        self.polled = polled
        self.touched = touched
        self.wakers: list[tuple[Ints, Floats, Ints]] = []  # (waker, at what time, child)

    def build(self) -> Nodes:
        node_of, firsts = self._coalesce()
        line = self.line
        count = len(firsts)
        run: Floats = np.bincount(node_of, line.end - line.start + between_steps(line), count).astype(
            np.float64
        )
        end = np.zeros(count)
        np.maximum.at(end, node_of, line.end)
        self.nodes = nodes = Nodes(
            thread=line.thread[firsts],
            start=line.start[firsts],
            end=end,
            run=run,
            ref=line.ref[firsts],
            release=line.start[firsts] - line.late[firsts],
            previous=np.full(count, -1),
            delay=np.full(count, np.nan),
            absolute=np.full(count, np.nan),
            relays=line.relays[firsts],
            node_of=node_of,
            joins=[[] for _ in self.jobs],
            handed=[[] for _ in self.jobs],
        )
        if count:
            self._previous()
            root = line.root[firsts]
            waker = np.where(root >= 0, node_of[root], -1)
            waker[waker >= np.arange(count)] = -1
            self._submissions()
            self._link(waker, line.when[firsts], line.root_foreign[firsts], line.caller[firsts])
            nodes.polls = link(line, nodes, self.wakers, self.polled)
            self._wakes()
            self._notice()
        return nodes

    # --- nodes -----------------------------------------------------------------------------------------

    def _coalesce(self) -> tuple[Ints, Ints]:
        """(node of every step, first step of every node); nodes are numbered by start."""
        line = self.line
        steps = len(line.start)
        if not steps:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        order = np.lexsort((line.start, line.ref, line.thread))
        start, end, ref, thread = line.start[order], line.end[order], line.ref[order], line.thread[order]
        run = end - start
        long = run >= LONG_S
        full = np.floor(np.cumsum(run) / LONG_S)
        new = np.ones(steps, bool)
        new[1:] = (
            (ref[1:] != ref[:-1])
            | (thread[1:] != thread[:-1])
            | (start[1:] - end[:-1] >= GAP_S)
            | long[1:]
            | long[:-1]
            | (full[1:] != full[:-1])
        )
        group = np.cumsum(new) - 1
        firsts = order[new]
        by_start = np.argsort(line.start[firsts], kind="stable")
        rank = np.empty(len(firsts), np.int64)
        rank[by_start] = np.arange(len(firsts))
        node_of = np.empty(steps, np.int64)
        node_of[order] = rank[group]
        return node_of, firsts[by_start]

    # --- what released them ----------------------------------------------------------------------------

    def _previous(self) -> None:
        nodes = self.nodes
        order = np.argsort(nodes.ref, kind="stable")
        same = (nodes.ref[order][1:] == nodes.ref[order][:-1]) & nodes.is_task[order][1:]
        nodes.previous[order[1:][same]] = order[:-1][same]

    def _link(self, waker: Ints, when: Floats, foreign: Bools, caller: Ints) -> None:
        nodes = self.nodes
        inside = waker >= 0
        callback = np.flatnonzero(~nodes.is_task & inside)
        self.wakers.append((waker[callback], when[callback], callback))
        beginnings = Beginnings(self.line, self.jobs, nodes, self.wakers)
        alone = np.flatnonzero(~nodes.is_task & ~inside)
        alone = alone[~beginnings.woken_by_jobs(alone, when, caller)[alone]]
        nodes.absolute[alone] = nodes.release[alone]
        continued = nodes.is_task & (nodes.previous >= 0)
        firsts = np.flatnonzero(nodes.is_task & (nodes.previous < 0))
        beginnings.find(firsts, waker, when, caller)
        taken = limiters.taken(self.line, self.jobs, Latest(nodes.ref, nodes.start), nodes.start)
        taken = taken[nodes.previous[taken] >= 0]
        nodes.delay[taken] = 0.0
        continued[taken] = False
        continued &= ~self._join_jobs(np.flatnonzero(continued & (foreign | ~inside)))
        woken = continued & inside
        own = np.flatnonzero(woken)
        self.wakers.append((waker[own], when[own], own))
        self._join_tasks(own, waker)
        woken |= beginnings.woken_by_jobs(np.flatnonzero(continued & ~woken), when, caller)
        own = np.flatnonzero(continued & ~woken)
        nodes.delay[own] = np.maximum(when[own] - nodes.end[nodes.previous[own]], 0.0)

    def _notice(self) -> None:
        """What a job released while the loop slept on went on when the loop noticed it, not at the job's end."""
        nodes = self.nodes
        for touch in self.touched:
            own = np.unique(nodes.node_of[woken(self.line, touch)])
            own = own[nodes.waits_job[own] & (nodes.previous[own] >= 0) & np.isnan(nodes.delay[own])]
            nodes.delay[own] = np.maximum(nodes.release[own] - nodes.end[nodes.previous[own]], 0.0)

    def _join_tasks(self, own: Ints, waker: Ints) -> None:
        """Nodes that waited for several tasks together (gather, wait, a task group) wait for the last of each."""
        nodes, line = self.nodes, self.line
        joining = joins.joining(line.process)
        own = own[np.isin(nodes.ref[own], joining)]
        if not len(own):
            return
        children = line.tasks.parent != 0
        last = Latest(nodes.ref, nodes.start).last(line.tasks.number[children])
        parent = line.tasks.parent[children][last >= 0]
        last = last[last >= 0]
        ends, rank = ranks(nodes.end[last])
        keys = parent * (len(ends) + 1) + rank
        order = np.argsort(keys, kind="stable")
        base = nodes.ref[own] * (len(ends) + 1)
        since, until = nodes.end[nodes.previous[own]], nodes.release[own]
        low = np.searchsorted(keys[order], base + np.searchsorted(ends, since - 1e-6, "left"))
        high = np.searchsorted(keys[order], base + np.searchsorted(ends, until + 1e-6, "right"))
        which, place = expand(low, high)
        sibling, node = last[order[place]], own[which]
        ours = joins.joined(line, nodes.ref[own], since, nodes.ref[waker[own]], nodes.ref[sibling], which)
        other = (sibling != waker[node]) & ours
        self.wakers.append((sibling[other], nodes.end[sibling[other]], node[other]))

    def _wakes(self) -> None:
        """All that was gathered, as rows: a wake at a time of the recorded run is one at an offset."""
        nodes = self.nodes
        waker = np.concatenate([one[0] for one in self.wakers]).astype(np.int64)
        when = np.concatenate([one[1] for one in self.wakers])
        child = np.concatenate([one[2] for one in self.wakers]).astype(np.int64)
        span = nodes.end[waker] - nodes.start[waker]
        share = np.clip((when - nodes.start[waker]) / np.where(span > 0, span, 1.0), 0.0, 1.0)
        offset = np.where(span > 0, share, 1.0) * nodes.run[waker]
        order = np.lexsort((child, offset, waker))
        nodes.edges = Wakes(waker[order], offset[order], child[order])

    # --- jobs ------------------------------------------------------------------------------------------

    def _join_jobs(self, candidates: Ints) -> Bools:
        """Which nodes were released by jobs of their task that ended during their wait."""
        nodes = self.nodes
        joined = np.zeros(len(nodes.start), bool)
        handed = limiters.handed(self.line, self.jobs)
        by_task: dict[int, list[int]] = defaultdict(list)
        for index in sorted(range(len(handed)), key=handed.__getitem__):
            by_task[self.jobs[index].task].append(index)
        candidates = candidates[np.isin(nodes.ref[candidates], list(by_task))]
        submitted = {task: [handed[index] for index in indices] for task, indices in by_task.items()}
        for node in candidates.tolist():
            task, before = int(nodes.ref[node]), int(nodes.previous[node])
            since, until = float(nodes.end[before]), float(nodes.start[node])
            low = bisect_left(submitted[task], float(nodes.start[before]) - 1e-6)
            high = bisect_right(submitted[task], until)
            for index in by_task[task][low:high]:
                end = self.jobs[index].end
                if end is not None and since <= end <= until:
                    self.nodes.joins[index].append(node)
                    joined[node] = True
        return joined

    def _submissions(self) -> None:
        """Which node submitted each job, at which offset of its run."""
        nodes = self.nodes
        if not self.jobs:
            return
        submitted = np.array([job.submitted for job in self.jobs], np.float64)
        submitter = np.array([job.submitter for job in self.jobs], np.int64)
        at = Latest(nodes.thread, nodes.start).before(submitter, submitted)
        # A node of several steps goes on around what ran in between: the job's own task knows better.
        task = np.array([job.task for job in self.jobs], np.int64)
        own = Latest(nodes.ref, nodes.start).before(task, submitted)
        inside = (own >= 0) & (task > 0) & (submitted <= nodes.end[np.maximum(own, 0)] + 2e-7)
        at = np.where(inside, own, at)
        for index, node in enumerate(at.tolist()):
            if node >= 0:
                offset = min(max(self.jobs[index].submitted - nodes.start[node], 0.0), nodes.run[node])
                nodes.submits[node].append((float(offset), index))
