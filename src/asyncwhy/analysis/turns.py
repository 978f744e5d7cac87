"""Limits and locks that a program of Node.js builds of promises, by who resolved whose.

Whoever waits for such a one awaits a promise, or is a job that somebody has put into a queue; whoever held it lets
exactly one go on, and that one the next.  A signal lets many go on, or is given by somebody who never waited for it.
So a place is one where turns are taken when those that went on there let others go on there, each of them one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.timeline import Timeline
from asyncwhy.model import Site
from asyncwhy.trace import schema

#: Waiting for less than this (1 ms) is the loop's own pace.
SHORT_S = 0.001
#: So many must have let another one go on after they had waited themselves, and this share of all that waited.
LEAST, SHARE = 2, 0.25
#: A task gives back for those that made it, and waits for those that it made, through so many others at most.
OUTWARDS = 4
#: A wait's row and the step that ended it agree to this: the row's lengths are 32-bit floats.
NEAR_S = 2e-5


@dataclass(frozen=True, slots=True)
class Await:
    """A wait of a task, from `start` until it could go on (`ready`), for the task `other` (0: no task's promise)."""

    task: int
    start: float
    ready: float
    end: float
    stack: int
    other: int


@dataclass
class Turn:
    """One who waited for its turn: `tasks` are those that stood still meanwhile, innermost first; `node` the one with
    which it went on, `root` the step that let it, `since` the (node, offset) of who asked for a task that was not
    there yet."""

    tasks: list[int]
    asked: float
    until: float
    stack: int
    node: int
    root: int
    since: tuple[int, float] | None = None
    holders: list[int] = field(default_factory=list)
    shown: Await | None = None

    @property
    def task(self) -> int:
        """Who shows that it waited: who called the function that awaits, if it is one of the lock's own."""
        return self.tasks[min(1, len(self.tasks) - 1)]


@dataclass
class Gate:
    """A place where turns are taken, by so many at once."""

    turns: list[Turn]
    limit: int


class Gates:
    """The places of one process; `is_user` tells the user's own lines."""

    def __init__(self, line: Timeline, nodes: Nodes, is_user: Callable[[Site], bool]) -> None:
        self.line, self.nodes, self.is_user = line, nodes, is_user
        rows = line.process.table("waits")
        start = line.seconds(rows["start"])
        columns = (
            rows["task"],
            start,
            start + rows["await_s"],
            start + rows["wait_s"],
            rows["stack"],
            rows["other"],
        )
        self.awaits = [Await(*one) for one in zip(*(column.tolist() for column in columns), strict=True)]
        self.by_task: dict[int, list[Await]] = defaultdict(list)
        self.by_other: dict[int, list[Await]] = defaultdict(list)
        for one in self.awaits:
            self.by_task[one.task].append(one)
            if one.other:
                self.by_other[one.other].append(one)
        self.steps = Latest(line.ref, line.start)
        self.came: dict[int, list[float]] = {}

    def found(self) -> list[Gate]:
        """All places where turns are taken."""
        places: dict[tuple[str, int, int], list[Turn]] = defaultdict(list)
        for turn in (*self._awaiting(), *self._begun()):
            sites = self.line.process.stack(turn.stack)
            if sites and int(self.line.ref[turn.root]) & schema.CALLBACK == 0:
                places[sites[0].file, sites[0].line, sites[0].column].append(turn)
        return [gate for turns in places.values() if (gate := self._gate(turns)) is not None]

    # --- who waited ------------------------------------------------------------------------------------

    def _awaiting(self) -> list[Turn]:
        """Tasks that awaited what is no task's promise, or the promise of one that is not theirs."""
        own = [one for one in self.awaits if one.ready - one.start >= SHORT_S and self._foreign(one)]
        if not own:
            return []
        tasks = np.array([one.task for one in own], np.int64)
        step = self.steps.before(tasks, np.array([one.end + NEAR_S for one in own]))
        made = []
        for one, at in zip(own, step.tolist(), strict=True):
            if at >= 0 and self.line.start[at] >= one.start and self.line.root[at] >= 0:
                node, root = int(self.nodes.node_of[at]), int(self.line.root[at])
                stand, shown = self._standing(one)
                made.append(Turn(stand, one.start, one.ready, one.stack, node, root, shown=shown))
        return made

    def _foreign(self, one: Await) -> bool:
        tasks = self.line.tasks
        if not one.other or one.other not in tasks or one.task not in tasks:
            return not one.other
        other, own = tasks[one.other], tasks[one.task]
        return other.created < own.created and other.code == own.code and other.parent != one.task

    def _standing(self, one: Await) -> tuple[list[int], Await]:
        """The tasks that stand still because of a wait, innermost first; and the wait to be shown."""
        made, shown, inner = [one.task], one, one
        while len(made) <= OUTWARDS:
            outer = next(
                (o for o in self.by_other.get(inner.task, ()) if o.ready >= inner.ready - NEAR_S), None
            )
            if outer is None or outer.task in made:
                break
            if len(made) == 1:
                shown = outer
            made.append(outer.task)
            inner = outer
        return made, shown

    def _begun(self) -> list[Turn]:
        """Tasks that somebody had asked for long before they began."""
        rows = np.sort(self.line.process.table("turns"), order="time")
        asked, begun = self.line.seconds(rows["asked"]), self.line.seconds(rows["time"])
        makers = Latest(self.nodes.ref, self.nodes.start).before(rows["maker"].astype(np.int64), asked)
        running = Latest(self.nodes.thread, self.nodes.start).before(rows["thread"].astype(np.int64), asked)
        makers = np.where(makers >= 0, makers, running)  # who only calls another has no step of its own
        step = self.steps.before(rows["task"].astype(np.int64), begun + NEAR_S)
        made = []
        for row, (at, maker) in enumerate(zip(step.tolist(), makers.tolist(), strict=True)):
            if at < 0 or maker < 0 or self.line.root[at] < 0:
                continue
            offset = min(max(float(asked[row] - self.nodes.start[maker]), 0.0), float(self.nodes.run[maker]))
            made.append(
                Turn(
                    [int(rows["task"][row])],
                    float(asked[row]),
                    float(begun[row]),
                    int(rows["stack"][row]),
                    int(self.nodes.node_of[at]),
                    int(self.line.root[at]),
                    (maker, offset),
                )
            )
        return made

    # --- who let them ----------------------------------------------------------------------------------

    def _gate(self, turns: list[Turn]) -> Gate | None:
        """The place, if what happened there is a taking of turns."""
        released = Counter(turn.root for turn in turns)
        granted: set[int] = set()
        kept, linked = [], 0
        for turn in sorted(turns, key=lambda turn: turn.until):
            turn.holders = self._family(int(self.line.ref[turn.root]))
            others = [one for one in turn.holders if one not in turn.tasks]
            link = granted.intersection(others)
            alike = {self._code(one) for one in others} & {self._code(one) for one in turn.tasks}
            if released[turn.root] == 1 and (link or alike - {None}):
                kept.append(turn)
                granted.update(turn.tasks)
                linked += bool(link)
        if linked < max(LEAST, SHARE * len(turns)):
            return None
        self.came = defaultdict(list)
        for turn in kept:
            for task in turn.tasks:
                self.came[task].append(turn.until)
        places = {one.stack for turn in kept for one in self._holds(turn)}
        queues = {turn.stack for turn in kept} | {turn.shown.stack for turn in kept if turn.shown}
        places -= queues  # the first ones may have stood there for a moment, too
        inside = [self._inside(places, (turn.asked + turn.until) / 2) for turn in kept]
        return Gate(kept, max(round(float(np.median(inside))), 1))

    def _family(self, task: int) -> list[int]:
        """A task and those that made it."""
        made: list[int] = []
        while task in self.line.tasks and len(made) <= OUTWARDS:
            made.append(task)
            task = self.line.tasks[task].parent
        return made

    def _code(self, task: int) -> Site | None:
        code = self.line.tasks[task].code if task in self.line.tasks else None
        return code.site if code is not None else None

    def _holds(self, turn: Turn) -> Sequence[Await]:
        """What the holder awaited while this one waited: its own waits, or at a library's line those of whom it awaits;
        the holder becomes whoever that is."""
        for holder in turn.holders:
            own, who = self._between(holder, turn), holder
            for _ in range(OUTWARDS):
                inner = next((one.other for one in own if one.other and not self._is_users(one)), 0)
                deeper = self._between(inner, turn) if inner else []
                if not deeper:
                    break
                who, own = inner, deeper
            if own:
                turn.holders = [who]
                return own
        return ()

    def _between(self, task: int, turn: Turn) -> list[Await]:
        since = max((time for time in self.came.get(task, ()) if time < turn.until), default=turn.asked)
        return [
            one
            for one in self.by_task.get(task, ())
            if min(one.ready, turn.until) - max(one.start, since, turn.asked) > SHORT_S
        ]

    def _is_users(self, one: Await) -> bool:
        return any(self.is_user(site) for site in self.line.process.stack(one.stack))

    def _inside(self, places: set[int], time: float) -> int:
        return len(
            {one.task for one in self.awaits if one.stack in places and one.start <= time <= one.ready}
        )
