"""Tasks that sleep and look, again and again, whether something has happened elsewhere.

How often they look says nothing: in a replay such a poll ends as long after what it looked for as it did, however
many looks that takes.  What it looked for is what ended between its last two looks: the last that was done by the
task that then waits for the poll's own, else by another loop that then stopped, else by any task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Bools, Floats, Ints, Timeline
from asyncwhy.trace import schema

if TYPE_CHECKING:
    from asyncwhy.analysis.schedule import Nodes

#: The row of a wait and the node that it ends at begin within this of each other.
SAME_S = 2e-6

#: Wakes as they are gathered: (waker, at what time, child).
Wakings = list[tuple[Ints, Floats, Ints]]


@dataclass(frozen=True, slots=True)
class Poll:
    """The nodes that looked in vain, the one that went on, and the one after whose end it did."""

    looks: Ints
    found: int
    event: int


def link(line: Timeline, nodes: Nodes, wakings: Wakings, polled: frozenset[int]) -> list[Poll]:
    """The polls among the waits with one of the `polled` stacks; what went on after each is linked to what ended it."""
    made: list[Poll] = []
    if not polled:
        return made
    search = _Search(line, nodes, wakings, polled)
    begun: list[tuple[int, int]] = []
    for looks, found in search.runs():
        event = search.event(found)
        if event < 0:
            continue
        begun.append((int(nodes.previous[looks[0] if len(looks) else found]), found))
        made.append(Poll(looks, found, event))
    for poll in made:
        nodes.previous[poll.found] = poll.event
        nodes.delay[poll.found] = max(float(nodes.release[poll.found] - nodes.end[poll.event]), 0.0)
        nodes.release[poll.found] = max(nodes.release[poll.found], nodes.end[poll.event])
    if begun:
        before, found_nodes = np.array(begun, np.int64).T
        wakings.append((before, nodes.end[before], found_nodes))
    return made


class _Search:
    def __init__(self, line: Timeline, nodes: Nodes, wakings: Wakings, polled: frozenset[int]) -> None:
        self.line, self.nodes = line, nodes
        self.waker = np.concatenate([one[0] for one in wakings]).astype(np.int64)
        self.child = np.concatenate([one[2] for one in wakings]).astype(np.int64)
        order = np.lexsort((self.waker, nodes.ref[self.waker]))
        self.waker, self.child = self.waker[order], self.child[order]  # by the waker's task, then by time
        self.by_task = nodes.ref[self.waker]
        self.stack = self._stacks(polled)
        task = np.flatnonzero(nodes.is_task)
        self.by_end = task[np.argsort(nodes.end[task], kind="stable")]
        self.ends = nodes.end[self.by_end]

    def _stacks(self, polled: frozenset[int]) -> Ints:
        """Of every node, the stack of the sleep that it ends; 0 where it ends none, or something else woke it."""
        nodes = self.nodes
        rows = self.line.process.table("waits")
        rows = rows[np.isin(rows["stack"], list(polled))]
        ended = self.line.seconds(rows["start"]) + rows["wait_s"]
        node = Latest(nodes.ref, nodes.start).before(rows["task"].astype(np.int64), ended + SAME_S)
        good = (node >= 0) & (nodes.start[node] >= ended - SAME_S - 2e-7 * rows["wait_s"])
        made = np.zeros(len(nodes.start), np.int64)
        made[node[good]] = rows["stack"][good]
        made[np.isnan(nodes.delay) | (nodes.previous < 0)] = 0
        return made

    def runs(self) -> list[tuple[Ints, int]]:
        """(looks in vain, the look after which the task went on) of every poll; who does something is none."""
        nodes, own = self.nodes, np.flatnonzero(self.stack > 0)
        own = own[np.argsort(nodes.ref[own], kind="stable")]
        again = np.zeros(len(own), bool)  # whether each follows the one before it in the same poll
        again[1:] = (nodes.previous[own[1:]] == own[:-1]) & (self.stack[own[1:]] == self.stack[own[:-1]])
        busy = np.zeros(len(nodes.start), bool)
        busy[self.waker] = True
        busy[list(nodes.submits)] = True
        made = []
        for run in np.split(own, np.flatnonzero(~again)[1:]) if len(own) else ():
            if not busy[run[:-1]].any():
                made.append((run[:-1], int(run[-1])))
        return made

    def event(self, found: int) -> int:
        """The node that a poll waited for; -1 where nothing ended just then.

        It ended before the poll's timer was due; if nothing did, while the poll waited for its turn.
        """
        due, ran = float(self.nodes.release[found]) + SAME_S, float(self.nodes.start[found]) + SAME_S
        event = self._ended_by(found, due)
        return event if event >= 0 else self._ended_by(found, ran)

    def _ended_by(self, found: int, until: float) -> int:
        nodes = self.nodes
        since = float(nodes.start[nodes.previous[found]])
        low, high = np.searchsorted(self.ends, (since, until), "right")
        ended = self.by_end[low:high]
        ended = ended[(nodes.ref[ended] != nodes.ref[found]) & (ended < found) & (self.stack[ended] == 0)]
        for chosen in (
            self._waits(ended, found),
            self._stopped(ended, found, since),
            np.ones(len(ended), bool),
        ):
            if chosen.any():
                return int(ended[chosen][-1])
        return -1

    def _waits(self, ended: Ints, found: int) -> Bools:
        """Those of tasks that later wait for the poll's own."""
        nodes = self.nodes
        first, after = np.searchsorted(self.by_task, nodes.ref[found] + np.arange(2))
        first += int(np.searchsorted(self.waker[first:after], found))
        return np.isin(nodes.ref[ended], nodes.ref[self.child[first:after]])

    def _stopped(self, ended: Ints, found: int, since: float) -> Bools:
        """Those of other threads whose loop then stopped."""
        nodes = self.nodes
        threads = [
            run.thread
            for run in self.line.loops
            if run.end is not None
            and since <= run.end <= nodes.release[found]
            and run.thread != nodes.thread[found]
        ]
        return np.isin(nodes.thread[ended], threads)


def calm(line: Timeline, nodes: Nodes, hidden: frozenset[int] = frozenset()) -> None:
    """Nobody is late for a look that finds nothing; one that finds something could have since that had happened.

    On the threads of `hidden` loops nothing else tells how long what came from outside waited there.
    """
    looks = [poll.looks for poll in nodes.polls] + [np.array([poll.found]) for poll in nodes.polls]
    if not looks:
        return
    first = np.full(len(nodes.start), -1)  # the first step of each node
    first[nodes.node_of[::-1]] = np.arange(len(line.start))[::-1]
    step = first[np.concatenate(looks)]
    timer = Latest(line.thread, line.start).before(line.thread[step], line.start[step] - line.lag[step])
    of_timer = (
        (timer >= 0)
        & (line.ref[timer] & schema.CALLBACK > 0)
        & (line.end[timer] >= line.start[step] - line.lag[step])
    )
    since = nodes.release[nodes.node_of[step]].copy()
    vain = np.arange(len(step)) < len(step) - len(nodes.polls)
    told = np.isin(line.thread[step], list(hidden))
    since[vain] = np.where(told[vain], -np.inf, np.inf)
    for late, until in ((step, since), (timer[of_timer], since[of_timer])):
        line.late[late] = np.minimum(line.late[late], np.maximum(line.start[late] - until, 0.0))
