"""The recorded run as nodes and what released each: what the replay runs again.

A node is a step, or several short steps of one task close together.  It was released

* by a step of a task that was on the loop when it became ready (through any number of short callbacks),
* by the end of jobs that its task had submitted,
* by something outside, a timer or a peer, a certain time after its task's previous node ended, or
* for callbacks that nothing inside released: at its recorded time.

A task that waits for several others (gather, a task group) is released by the last of them, whichever
that turns out to be.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.timeline import Floats, Ints, Timeline
from asyncwhy.trace import schema

#: Steps of one task closer together than this are one node...
GAP_S = 0.0005
#: ...as long as they sum up to less than this; a longer step is always a node of its own.
LONG_S = 0.001
#: Functions that wait for all of several tasks, by the end of their qualified names.
JOINS = ("gather", "TaskGroup.__aexit__", "_wait", "wait")


@dataclass
class Nodes:
    """Columns of the nodes, sorted by start.  Times in seconds of the run.

    `release` is when the node could run; `delay` is the outside wait before that, counted from the end of
    node `previous`, or NaN where something inside released it; `wakes` lists (offset in the run of the
    node, child); `needs` counts what must happen before; `jobs` are the jobs it waits for.
    """

    thread: Ints
    start: Floats
    end: Floats
    run: Floats
    ref: Ints
    release: Floats
    previous: Ints
    delay: Floats
    wakes: list[list[tuple[float, int]]]
    needs: list[int]
    absolute: Floats
    node_of: Ints  # the node of every step of the timeline
    submits: list[list[tuple[float, int]]] = field(default_factory=list)
    joins: list[list[int]] = field(default_factory=list)  # per job: the nodes that wait for it

    @property
    def is_task(self) -> Any:
        """Which nodes are steps of tasks, as a mask."""
        return (self.ref & schema.CALLBACK) == 0


def build(timeline: Timeline, jobs: list[Job]) -> Nodes:
    """The nodes of one process."""
    return _Builder(timeline, jobs).build()


class _Builder:
    def __init__(self, timeline: Timeline, jobs: list[Job]) -> None:
        self.line = timeline
        self.jobs = jobs

    def build(self) -> Nodes:
        node_of, firsts = self._coalesce()
        line = self.line
        count = len(firsts)
        run: Floats = np.bincount(node_of, line.end - line.start, count).astype(np.float64)
        end = np.zeros(count)
        np.maximum.at(end, node_of, line.end)
        root, when, foreign = line.root, line.when, line.root_foreign
        nodes = Nodes(
            thread=line.thread[firsts],
            start=line.start[firsts],
            end=end,
            run=run,
            ref=line.ref[firsts],
            release=line.start[firsts] - line.late[firsts],
            previous=np.full(count, -1),
            delay=np.full(count, np.nan),
            wakes=[[] for _ in range(count)],
            needs=[0] * count,
            absolute=np.full(count, np.nan),
            node_of=node_of,
            submits=[[] for _ in range(count)],
            joins=[[] for _ in self.jobs],
        )
        self._previous(nodes)
        self._link(nodes, node_of, root[firsts], when[firsts], foreign[firsts])
        self._submissions(nodes)
        for children in nodes.wakes:
            children.sort()
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
        new = np.ones(steps, bool)
        new[1:] = (
            (ref[1:] != ref[:-1])
            | (thread[1:] != thread[:-1])
            | (start[1:] - end[:-1] >= GAP_S)
            | long[1:]
            | long[:-1]
            | (np.floor(np.cumsum(run)[1:] / LONG_S) != np.floor(np.cumsum(run)[:-1] / LONG_S))
        )
        group = np.cumsum(new) - 1
        firsts = order[new]
        rank = np.empty(len(firsts), np.int64)
        rank[np.argsort(line.start[firsts], kind="stable")] = np.arange(len(firsts))
        node_of = np.empty(steps, np.int64)
        node_of[order] = rank[group]
        return node_of, firsts[np.argsort(line.start[firsts], kind="stable")]

    # --- what released them ----------------------------------------------------------------------------

    def _previous(self, nodes: Nodes) -> None:
        order = np.lexsort((nodes.start, nodes.ref))
        same = (nodes.ref[order][1:] == nodes.ref[order][:-1]) & nodes.is_task[order][1:]
        nodes.previous[order[1:][same]] = order[:-1][same]

    def _link(self, nodes: Nodes, node_of: Ints, root: Ints, when: Floats, foreign: Any) -> None:
        line = self.line
        by_submitter = self._jobs_by_task()
        joined = self._joins(nodes)
        last_on_thread: dict[int, int] = {}
        created_by = self._creators(nodes)
        is_task = nodes.is_task
        for node, (step, time, other) in enumerate(
            zip(root.tolist(), when.tolist(), foreign.tolist(), strict=True)
        ):
            thread = int(nodes.thread[node])
            before = int(nodes.previous[node])
            waker = int(node_of[step]) if step >= 0 else -1
            task = int(nodes.ref[node])
            if waker == node or waker > node:
                waker = -1
            if not is_task[node]:
                if waker >= 0:
                    self._wake(nodes, waker, time, node)
                else:
                    nodes.absolute[node] = nodes.release[node]
            elif before < 0:
                creator = created_by.get(task, waker)
                if creator >= 0 and creator < node:
                    created = line.tasks[task].created if task in line.tasks else time
                    self._wake(nodes, creator, created, node)
                else:
                    self._after_thread(nodes, node, last_on_thread.get(thread, -1))
            else:
                self._continue(nodes, node, before, waker, time, bool(other), by_submitter, joined)
            if is_task[node]:
                last_on_thread[thread] = node

    def _continue(
        self,
        nodes: Nodes,
        node: int,
        before: int,
        waker: int,
        time: float,
        foreign: bool,
        by_submitter: dict[int, list[int]],
        joined: dict[int, list[int]],
    ) -> None:
        waited_for = self._ended_jobs(nodes, node, before, by_submitter) if foreign or waker < 0 else []
        if waited_for:
            for job in waited_for:
                nodes.joins[job].append(node)
                nodes.needs[node] += 1
        elif waker >= 0 and waker != before:
            siblings = joined.get(node, [])
            for last in {waker, *siblings}:
                self._wake(nodes, last, time if last == waker else float(nodes.end[last]), node)
        else:
            nodes.delay[node] = max(time - float(nodes.end[before]), 0.0)

    def _wake(self, nodes: Nodes, waker: int, time: float, node: int) -> None:
        span = float(nodes.end[waker] - nodes.start[waker])
        share = min(max((time - float(nodes.start[waker])) / span, 0.0), 1.0) if span > 0 else 1.0
        nodes.wakes[waker].append((share * float(nodes.run[waker]), node))
        nodes.needs[node] += 1

    def _after_thread(self, nodes: Nodes, node: int, last: int) -> None:
        """A task that nothing inside made (`asyncio.run`): so long after what its thread did before."""
        nodes.previous[node] = last
        if last < 0:
            self._began_thread(nodes, node)
        else:
            nodes.delay[node] = max(float(nodes.release[node] - nodes.end[last]), 0.0)

    def _began_thread(self, nodes: Nodes, node: int) -> None:
        """The first of its thread: begun by whoever started the thread, or at its recorded time."""
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
            self._wake(nodes, starter, fact.asked, node)

    def _creators(self, nodes: Nodes) -> dict[int, int]:
        """task -> the node of its parent that made it."""
        made: dict[int, int] = {}
        by_task: dict[int, list[int]] = {}
        for node, ref in enumerate(nodes.ref.tolist()):
            by_task.setdefault(ref, []).append(node)
        for task in self.line.tasks.values():
            own = by_task.get(task.parent) if task.parent else None
            if own:
                at = bisect_right([float(nodes.start[node]) for node in own], task.created) - 1
                if at >= 0:
                    made[task.number] = own[at]
        return made

    def _joins(self, nodes: Nodes) -> dict[int, list[int]]:
        """node -> last nodes of the tasks that it waited for together (gather, wait, a task group)."""
        line = self.line
        process = line.process
        joining: dict[tuple[int, int], bool] = {}
        for start, _, __, task, stack, kind, ___, ____ in process.table("waits").tolist():
            sites = process.stack(stack)[:3]
            if process.strings.get(kind) == "_GatheringFuture" or any(
                site.function.endswith(JOINS) and site.file.startswith(line.process.library) for site in sites
            ):
                joining[task, start] = True
        if not joining:
            return {}
        lasts: dict[int, int] = {}
        for node, ref in enumerate(nodes.ref.tolist()):
            lasts[ref] = node
        children: dict[int, list[int]] = {}
        for task in line.tasks.values():
            if task.parent and task.number in lasts:
                children.setdefault(task.parent, []).append(lasts[task.number])
        tasks_joining = {task for task, _ in joining}
        made: dict[int, list[int]] = {}
        for node, (ref, before) in enumerate(zip(nodes.ref.tolist(), nodes.previous.tolist(), strict=True)):
            if ref in tasks_joining and before >= 0:
                since, until = float(nodes.end[before]), float(nodes.release[node])
                made[node] = [
                    last for last in children.get(ref, ()) if since - 1e-6 <= nodes.end[last] <= until + 1e-6
                ]
        return made

    # --- jobs ------------------------------------------------------------------------------------------

    def _jobs_by_task(self) -> dict[int, list[int]]:
        made: dict[int, list[int]] = {}
        for index, job in enumerate(self.jobs):
            made.setdefault(job.task, []).append(index)
        return made

    def _ended_jobs(self, nodes: Nodes, node: int, before: int, by_task: dict[int, list[int]]) -> list[int]:
        since, until = float(nodes.start[before]), float(nodes.start[node])
        return [
            index
            for index in by_task.get(int(nodes.ref[node]), ())
            if (end := self.jobs[index].end) is not None
            and end <= until
            and end >= float(nodes.end[before])
            and self.jobs[index].submitted >= since - 1e-6
        ]

    def _submissions(self, nodes: Nodes) -> None:
        """Which node submitted each job, at which offset of its run."""
        for number in np.unique(nodes.thread).tolist():
            mine = np.flatnonzero(nodes.thread == number)
            starts = nodes.start[mine]
            for index, job in enumerate(self.jobs):
                if job.submitter != number:
                    continue
                at = int(np.searchsorted(starts, job.submitted, "right")) - 1
                if at >= 0:
                    node = int(mine[at])
                    offset = min(max(job.submitted - float(nodes.start[node]), 0.0), float(nodes.run[node]))
                    nodes.submits[node].append((offset, index))
