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


#: (the node that begins a branch, the first one in it, the one that comes after it)
Place = tuple[int, int, int]


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

    def around(self, task: int, branch: Branch) -> Place | None:
        """Where a branch lies; None where it is not among the task's nodes."""
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
        self.as_taken(change, task, [(None, branches)], lanes)

    def as_taken(
        self,
        change: Rewiring,
        task: int,
        parts: list[tuple[Branch | None, list[Branch]]],
        lanes: int,
        *,
        pinned: bool = False,
    ) -> None:
        """Let branches begin as soon as what they are for is taken, not more than `lanes` of a part at once.

        A part is what was there together: the wait for the first of it, if it waited, and a branch for each.  That
        wait begins when the one before is over, or, `pinned`, is over when it was: who brings something has a pace
        of his own.
        """
        ends: list[int] = []
        origin = base = -1
        for fetch, branches in parts:
            taken = None if fetch is None else self.around(task, fetch)
            if fetch is not None and taken is not None:
                if pinned and origin >= 0 and taken[0] != origin:
                    self._pin(change, origin, taken[1])
                elif base >= 0 and taken[0] != base:
                    self._begin(change, fetch, base, taken[0], taken[1])
                base = taken[2]
            found = [self.around(task, branch) for branch in branches]
            places = [(branch, one) for branch, one in zip(branches, found, strict=True) if one is not None]
            if places and taken is None:
                base = places[0][1][0]
            origin = base if origin < 0 else origin
            self._lanes(change, task, base, places, lanes)
            ends += [one[2] for _, one in places]
            if taken is not None and not branches:
                ends.append(taken[2])  # the wait that brought nothing more: what comes then waits for all
        self._last(change, ends)

    def _lanes(
        self, change: Rewiring, task: int, base: int, places: list[tuple[Branch, Place]], lanes: int
    ) -> None:
        own = self.own.get(task)
        for index, (branch, _) in enumerate(places[1:], 1):
            # What ran between two branches prepared the second one, but for the step that ended the first.
            begins = places[index - 1][1][2]
            assert own is not None
            first = int(own[np.searchsorted(own, begins) + 1])
            place = base if index < lanes else places[index - lanes][1][2]
            if place != begins:
                self._begin(change, branch, place, begins, first)

    def _pin(self, change: Rewiring, origin: int, first: int) -> None:
        """What came from outside comes when it came, counted from a node that stays where it is."""
        if self.nodes.delay[first] == self.nodes.delay[first]:
            change.follows[first] = (origin, float(self.nodes.release[first] - self.nodes.end[origin]))

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
        last = max(ends, default=-1)
        others = sorted({end for end in ends if end != last})
        if others:
            change.after[last] = others
