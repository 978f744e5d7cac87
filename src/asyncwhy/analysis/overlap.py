"""The change in which awaits that one task made one after another begin together.

Each await (or turn of a loop) is a branch: a stretch of the task's waits with what it ran between them.  In
the change a branch begins with the end of another node than it did: that of the first branch's beginning, or,
where only so many may be under way at once, that of the branch which leaves its place.  The task goes on
when the last branch is over.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.rewiring import Rewiring
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.timeline import Ints
from asyncwhy.trace import schema

#: The clock's and the 32-bit durations' own inexactness.
SLACK_S = 2e-6


@dataclass(frozen=True, slots=True)
class Branch:
    """From the end of the step that begins it to when the task could go on after it."""

    start: float
    end: float


class Overlaps:
    """Builds changes for one process."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.doubtful: set[int] = set()
        order = np.lexsort((nodes.start, nodes.ref))
        refs = nodes.ref[order]
        self.own: dict[int, Ints] = {
            int(part_ref): part
            for part_ref, part in zip(
                refs[np.flatnonzero(np.diff(refs, prepend=-1))].tolist(),
                np.split(order, np.flatnonzero(np.diff(refs)) + 1),
                strict=True,
            )
        }
        # What came from outside, timers left out: those began when their branch did.
        absolute = np.flatnonzero(~np.isnan(nodes.absolute) & ((nodes.ref & schema.TIMER) == 0))
        waited = np.flatnonzero(~np.isnan(nodes.delay) & nodes.is_task & nodes.continues)
        arrivals = nodes.release[absolute]
        near = np.isin(np.round(nodes.release[waited], 5), np.round(arrivals, 5))
        outside = np.concatenate((absolute, waited[near]))
        self.outside: list[int] = outside[np.argsort(nodes.release[outside], kind="stable")].tolist()
        self.outside_at: list[float] = nodes.release[self.outside].tolist()

    def around(self, task: int, branch: Branch) -> tuple[int, int, int] | None:
        """(node that begins the branch, the first one in it, the one that comes after it)."""
        own = self.own.get(task)
        if own is None:
            return None
        starts = self.nodes.start[own]
        at = int(bisect_left(starts, branch.start - SLACK_S)) - 1
        after = int(bisect_left(starts, branch.end - SLACK_S))
        if at < 0 or at + 1 >= len(own) or after >= len(own) or after <= at:
            return None
        return int(own[at]), int(own[at + 1]), int(own[after])

    def together(self, change: Rewiring, task: int, branches: list[Branch], lanes: int) -> None:
        """Let the branches begin at once, but not more than `lanes` of them."""
        found = [self.around(task, branch) for branch in branches]
        places = [(branch, one) for branch, one in zip(branches, found, strict=True) if one is not None]
        if len(places) < 2:
            return
        own = self.own[task]
        for index, (branch, _) in enumerate(places[1:], 1):
            # What ran between two branches prepared the second one, but for the step that ended the first.
            begins = places[index - 1][1][2]
            first = int(own[np.searchsorted(own, begins) + 1])
            base = places[0][1][0] if index < lanes else places[index - lanes][1][2]
            if base != begins:
                self._begin(change, branch, base, begins, first)
        self._last(change, [one[2] for _, one in places])

    def apart(self, change: Rewiring, task: int, fetches: list[Branch], bodies: list[Branch]) -> None:
        """Let the next item be fetched while what is done with the last one is still under way."""
        before = -1
        for branch in fetches:
            one = self.around(task, branch)
            if one is not None:
                if before >= 0 and one[0] != before:
                    self._begin(change, branch, before, one[0], one[1])
                before = one[2]
        ends = [one[2] for branch in bodies if (one := self.around(task, branch)) is not None]
        self._last(change, ends)

    def _begin(self, change: Rewiring, branch: Branch, base: int, begins: int, first: int) -> None:
        delay = float(self.nodes.delay[first])
        if delay == delay:
            change.follows[first] = (base, delay)
        change.moved[begins] = base
        for node in self._came_in(begins, branch.end):
            if node in change.follows:
                # It came while two branches waited that are begun anew: nobody knows to which it belongs.
                del change.follows[node]
                self.doubtful.add(node)
            elif node not in self.doubtful:
                change.follows[node] = (base, max(float(self.nodes.release[node]) - branch.start, 0.0))

    def _came_in(self, begins: int, end: float) -> list[int]:
        """What came from outside from the node that begins a branch to its end, neither for the branch's own
        task nor for one that began to wait since: answers to what it asked, as far as one can tell, such as
        a request that a server of the same process received."""
        nodes, start = self.nodes, float(self.nodes.start[begins])
        low, high = bisect_right(self.outside_at, start), bisect_right(self.outside_at, end - SLACK_S)
        return [
            node
            for node in self.outside[low:high]
            if nodes.ref[node] != nodes.ref[begins]
            and (not nodes.continues[node] or nodes.end[nodes.previous[node]] <= start + SLACK_S)
        ]

    def _last(self, change: Rewiring, ends: list[int]) -> None:
        """After the branch that ended last the task goes on when all have ended."""
        last = max(ends)
        others = sorted({end for end in ends if end != last})
        if others:
            change.after[last] = others
