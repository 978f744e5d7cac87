"""Who queued for which lock, limit, channel or connection pool, for how long, and who held it meanwhile.

The agent says which primitive a task is about to wait for; the wait is the one that follows that step, and
whose step made the task ready again held what it waited for until then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.timeline import Timeline
from asyncwhy.analysis.turns import Gates
from asyncwhy.model import Site
from asyncwhy.trace import schema

ACQUIRE, GET, PUT = 1, 2, 3

#: Waiting for less than this (1 ms) is the loop's own pace.
SHORT_S = 0.001
#: A wait begins where its step ended; durations are 32-bit floats.
EXACT_S = 2e-5
#: A channel is a pool when so many of the first things taken from it were put back by those who took them.
POOL = 0.3


@dataclass(frozen=True, slots=True)
class Primitive:
    """A lock, limit or channel: its class, the limit that was set (0: none) and the stack on which it was made.

    `inferred`: nobody told of it, it was seen by who let whom go on.
    """

    number: int
    module: str
    kind: str
    limit: int
    stack: int
    is_pool: bool
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """A task that had to wait for a primitive from `asked` until `until`.

    `stack` is where it stood, `node` the one with which it went on, `holder` the task whose step let it (-1 if
    none did).  `since` is the (node, offset) of who asked for a task that had not begun.
    """

    primitive: int
    what: int
    task: int
    asked: float
    until: float
    wait_start: float
    stack: int
    node: int
    holder: int
    since: tuple[int, float] | None = None

    @property
    def seconds(self) -> float:
        """How long it waited."""
        return self.until - self.asked


@dataclass(frozen=True, slots=True)
class Take:
    """An item that lay in a channel from `put` until `got`, when the task took it."""

    primitive: int
    task: int
    put: float
    got: float
    thread: int
    stack: int

    @property
    def seconds(self) -> float:
        """How long it lay there."""
        return self.got - self.put


@dataclass(frozen=True, slots=True)
class Wait:
    """A long wait of a task, from `start` until it could go on."""

    start: float
    end: float
    stack: int


@dataclass
class Contention:
    """All of one process; `waits` are sorted by start.  `by_threads` is what was taken from queues between threads."""

    primitives: dict[int, Primitive] = field(default_factory=dict)
    queued: list[Queued] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)
    by_threads: list[Take] = field(default_factory=list)
    waits: dict[int, list[Wait]] = field(default_factory=dict)
    _taken: dict[int, list[float]] = field(default_factory=dict)

    def taken_by(self, task: int) -> list[float]:
        """When a task took items from channels, in order."""
        if self.takes and not self._taken:
            for take in self.takes:
                self._taken.setdefault(take.task, []).append(take.got)
        return self._taken.get(task, [])

    def waits_between(self, task: int, low: float, high: float) -> Iterator[tuple[Wait, float]]:
        """The waits of a task that overlap a stretch, and by how much."""
        own = self.waits.get(task, [])
        at = bisect_left(own, low, key=lambda wait: wait.end)
        for wait in own[at:]:
            if wait.start >= high:
                break
            overlap = min(wait.end, high) - max(wait.start, low)
            if overlap > SHORT_S:
                yield wait, overlap


def contention_of(line: Timeline, nodes: Nodes, is_user: Callable[[Site], bool]) -> Contention:
    """What the agent recorded of contention, joined with the waits; `is_user` tells the user's own lines."""
    made = Contention(_primitives(line))
    asks = line.process.table("asks")
    takes = line.process.table("takes")
    is_node = line.process.meta.get("runtime") == "node"
    if not len(asks) and not len(takes) and not is_node:
        return made
    made.waits = _waits(line)
    made.queued = _queued(line, nodes, made.waits)
    if is_node:
        _add_gates(made, Gates(line, nodes, is_user))
    for time, put, primitive, task, thread, stack in takes.tolist():
        seconds = float(line.seconds(put)), float(line.seconds(time))
        between = primitive in made.primitives and made.primitives[primitive].module == "queue"
        own = made.by_threads if between else made.takes
        own.append(Take(primitive, task, *seconds, thread, stack))
    made.takes.sort(key=lambda take: take.got)
    made.by_threads.sort(key=lambda take: take.got)
    return made


def _add_gates(made: Contention, gates: Gates) -> None:
    """What a program built of promises, as if it had been told of."""
    known = {(one.node, one.task) for one in made.queued}
    for gate in gates.found():
        number = max(made.primitives, default=0) + 1
        kind = "Lock" if gate.limit == 1 else "Semaphore"
        made.primitives[number] = Primitive(number, "", kind, gate.limit, 0, False, True)
        for turn in gate.turns:
            if (turn.node, turn.tasks[0]) in known:
                continue
            shown = turn.shown
            start, stack = (turn.asked, turn.stack) if shown is None else (shown.start, shown.stack)
            made.queued.append(
                Queued(
                    number,
                    ACQUIRE,
                    turn.task,
                    turn.asked,
                    turn.until,
                    start,
                    stack,
                    turn.node,
                    turn.holders[0],
                    turn.since,
                )
            )


def _primitives(line: Timeline) -> dict[int, Primitive]:
    returned = {event["primitive"]: event for event in line.process.named("returned")}
    made = {}
    for event in line.process.named("primitive"):
        number = event["primitive"]
        back = returned.get(number)
        is_pool = event["kind"].endswith("Pool") or (
            back is not None and back["returned"] >= POOL * back["taken"]
        )
        made[number] = Primitive(
            number, event["module"], event["kind"], int(event["limit"]), int(event["stack"]), is_pool
        )
    return made


def _waits(line: Timeline) -> dict[int, list[Wait]]:
    made: dict[int, list[Wait]] = defaultdict(list)
    table = line.process.table("waits")
    starts = line.seconds(table["start"])
    ends = starts + table["await_s"]
    columns = (table["task"], starts, ends, table["stack"])
    for task, start, end, stack in zip(*(column.tolist() for column in columns), strict=True):
        made[task].append(Wait(start, end, stack))
    for waits in made.values():
        waits.sort(key=lambda wait: wait.start)
    return made


def _queued(line: Timeline, nodes: Nodes, waits: dict[int, list[Wait]]) -> list[Queued]:
    asks = np.sort(line.process.table("asks"), order="time")
    if not len(asks) or not len(line.start):
        return []
    asked = line.seconds(asks["time"])
    step = Latest(line.ref, line.start).before(asks["task"].astype(np.int64), asked)
    # One primitive may be built on another: the first one asked for in a step is the outermost.
    _, first = np.unique(step, return_index=True)
    after = _following(line)
    made = []
    for row in np.sort(first).tolist():
        before = int(step[row])
        resumed = int(after[before]) if before >= 0 else -1
        if resumed < 0 or line.end[before] < asked[row] - EXACT_S:
            continue
        until = max(float(line.start[resumed] - line.late[resumed]), float(line.end[before]))
        wait = _wait_at(waits.get(int(asks["task"][row]), []), float(line.end[before]))
        if until - asked[row] < SHORT_S or wait is None:
            continue
        root = int(line.root[resumed])
        holder = int(line.ref[root]) if root >= 0 and not line.ref[root] & schema.CALLBACK else -1
        number, what, task = (int(asks[name][row]) for name in ("primitive", "what", "task"))
        node = int(nodes.node_of[resumed])
        made.append(
            Queued(number, what, task, float(asked[row]), until, wait.start, wait.stack, node, holder)
        )
    return made


def _following(line: Timeline) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The next step of the same task; -1 for the last."""
    order = np.argsort(line.ref, kind="stable")
    same = line.ref[order][1:] == line.ref[order][:-1]
    made = np.full(len(order), -1)
    made[order[:-1][same]] = order[1:][same]
    return made


def _wait_at(waits: list[Wait], time: float) -> Wait | None:
    at = bisect_left(waits, time - EXACT_S, key=lambda wait: wait.start)
    return waits[at] if at < len(waits) and waits[at].start <= time + EXACT_S else None
