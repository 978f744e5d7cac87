"""The critical path: the chain of waits and work that the run could not have been shorter than.

It is followed backwards from the run's last node: to what released it, to what released that, up to the
beginning.  Every moment of the run belongs to exactly one link.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.schedule import Nodes


class Link(Enum):
    """What a stretch of the path was."""

    RUN = "run"  # a task or callback was on its loop
    READY = "ready"  # it could have been, and the loop was taken
    AWAIT = "await"  # it waited for something outside
    JOB = "job"  # it waited for a job of a pool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A link of the path, from `start` to `end` in seconds; `ref` is the task or callback it belongs to.

    `previous_end` of an awaiting stretch is when its task was suspended, which names its row of the waits.
    """

    link: Link
    ref: int
    start: float
    end: float
    job: int = -1

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


def path(nodes: Nodes, jobs: list[Job]) -> list[Stretch]:
    """The critical path of the recorded run, in order of time; empty where no task ran."""
    tasks = nodes.is_task.nonzero()[0]
    if not len(tasks):
        return []
    order = np.argsort(nodes.edges.child, kind="stable")
    children, wakers = nodes.edges.child[order], nodes.edges.node[order]
    joined: dict[int, list[int]] = {}
    for job, waiting in enumerate(nodes.joins):
        for node in waiting:
            joined.setdefault(node, []).append(job)
    node = int(tasks[nodes.end[tasks].argmax()])
    until = float(nodes.end[node])
    made: list[Stretch] = []
    for _ in range(len(nodes.start)):
        ref = int(nodes.ref[node])
        start, release = float(nodes.start[node]), min(float(nodes.release[node]), float(nodes.start[node]))
        made.append(Stretch(Link.RUN, ref, min(start, until), until))
        made.append(Stretch(Link.READY, ref, release, start))
        low, high = np.searchsorted(children, (node, node + 1))
        before = _before(nodes, node, release, wakers[low:high].tolist(), joined.get(node, []), jobs, made)
        if before < 0 or before >= node:
            break
        node, until = before, min(float(nodes.end[before]), made[-1].start)
    return [stretch for stretch in reversed(made) if stretch.length > 0]


def _before(
    nodes: Nodes,
    node: int,
    release: float,
    wakers: list[int],
    joined: list[int],
    jobs: list[Job],
    made: list[Stretch],
) -> int:
    """The node that the path goes back to, after adding what lies between."""
    ref = int(nodes.ref[node])
    if joined:
        last = max(joined, key=lambda job: jobs[job].end or 0.0)
        made.append(Stretch(Link.JOB, ref, min(jobs[last].submitted, release), release, last))
        return int(nodes.previous[node])
    if nodes.delay[node] == nodes.delay[node] and nodes.previous[node] >= 0:  # not NaN
        before = int(nodes.previous[node])
        kind = Link.AWAIT if nodes.ref[before] == ref else Link.READY
        made.append(Stretch(kind, ref, min(float(nodes.end[before]), release), release))
        return before
    return max(wakers, key=lambda waker: float(nodes.end[waker]), default=-1)
