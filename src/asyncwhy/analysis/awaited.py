"""Which awaits one call of a function executed, one after another, and how long each of them waited.

A wait is recorded with its whole stack, and with how many of the outer frames were there at the wait before
(the trace's table `kept`).  So it is known, not guessed, whether a task came to the next await of the same
call, to the next turn of a loop, or only went on waiting beneath the same await.  Waits shorter than a
millisecond are not recorded, and not missed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.places import Origins
from asyncwhy.analysis.timeline import Floats, Ints, Timeline
from asyncwhy.model import Site

#: Files in which a task waits for others to let go of something or to bring it: overlapping such a wait gains
#: nothing, since what it waits for is no sooner there.  Transports of libraries use events too (below); beneath
#: other libraries it is such a wait if it was a task that ended it.
TURNSTILES = (
    "asyncio/locks.py",
    "asyncio/queues.py",
    "anyio/_core/_synchronization.py",
    "anyio/streams/memory.py",
)
#: Words in the names of functions that wait for a peer.
_PEER = re.compile(r"recv|receive|read|send|write|drain|connect|handshake|close")
#: Steps from this length on held the loop: time beneath them was not only awaited.
HOLD_S = 0.002


@dataclass(slots=True)
class Awaited:
    """One execution of an await: from `start` to `end` (when it could go on), of which `await_s` were waiting.

    `turnstile` says that it waited for other tasks of the program, `other` the task it waited for, if one,
    `joins` that it waited for several together, `begun` when what it waited for was, where that is recorded.
    """

    site: Site
    start: float
    end: float
    await_s: float
    stack: int
    longest_s: float
    turnstile: bool = False
    other: int = 0
    joins: bool = False
    begun: float | None = None


@dataclass(slots=True)
class Call:
    """One call of a function of the user's (or of a library's) in a task, and the awaits that it executed; `depth` counts the
    frames outside it."""

    task: int
    depth: int
    thread: int
    awaits: list[Awaited] = field(default_factory=list)


def calls(line: Timeline, origins: Origins, *, of_libraries: bool = False) -> list[Call]:
    """Every call that executed at least two awaits; `of_libraries`: the calls of libraries' functions that awaited
    functions of the user's."""
    rows, kept = _rows(line)
    shapes = _Shapes(line, origins, of_libraries)
    if of_libraries:
        rows, kept = _concerned(rows, kept, shapes)
    lost, woken, begun = _Holds(line), _Wakers(line), _begun(line)
    made: list[Call] = []
    open_calls: dict[int, Call] = {}
    last_task = -1
    for index, (start, _, await_s, task, stack, kind, other, thread) in enumerate(rows.tolist()):
        if task != last_task:
            _close(open_calls, 0, made)
            last_task = task
        keep = kept[index]
        _close(open_calls, keep, made)
        began = (start - line.origin_ns) / 1e9
        ended = began + await_s
        waited = max(await_s - lost.between(thread, began, ended), 0.0)
        for depth, site, turnstile, joining in shapes.of(stack, kind):
            call = open_calls.get(depth)
            if call is None:
                call = open_calls[depth] = Call(task, depth, thread)
            if depth < keep - 1 and call.awaits and call.awaits[-1].site == site:
                one = call.awaits[-1]
                one.end, one.await_s = ended, one.await_s + waited
            else:
                one = Awaited(site, began, ended, waited, stack, 0.0, begun=begun.get((task, start)))
                call.awaits.append(one)
            if waited >= one.longest_s:
                one.longest_s, one.stack = waited, stack
                one.turnstile = turnstile is not None and (turnstile or woken.by_task(task, ended))
                one.other, one.joins = other, joining
    _close(open_calls, 0, made)
    return made


def _close(open_calls: dict[int, Call], keep: int, made: list[Call]) -> None:
    """The calls that were not there any more: all from depth `keep` on."""
    for depth in [depth for depth in open_calls if depth >= keep]:
        call = open_calls.pop(depth)
        if len(call.awaits) > 1:
            made.append(call)


def _rows(line: Timeline) -> tuple[Any, list[int]]:
    """The waits by task and time, and `kept` of each; without those that no call shares with another."""
    waits = line.process.table("waits")
    rows = waits[np.lexsort((waits["start"], waits["task"]))]
    told = line.process.table("kept")
    order = np.lexsort((told["start"], told["task"]))
    own = {(task, start): number for start, task, number in told[order].tolist()}
    kept = np.array(
        [own.get(key, 0) for key in zip(rows["task"].tolist(), rows["start"].tolist(), strict=True)],
        dtype=np.int64,
    )
    shared = kept > 0
    shared[:-1] |= kept[1:] > 0
    return rows[shared], kept[shared].tolist()


def _concerned(rows: Any, kept: list[int], shapes: _Shapes) -> tuple[Any, list[int]]:
    """The waits of the tasks that have a frame which is asked about, all of them."""
    pairs = np.unique(rows[["stack", "kind"]])
    own = [stack for stack, kind in pairs.tolist() if shapes.of(stack, kind)]
    tasks = np.unique(rows["task"][np.isin(rows["stack"], own)])
    chosen = np.isin(rows["task"], tasks)
    return rows[chosen], np.array(kept, np.int64)[chosen].tolist()


def _begun(line: Timeline) -> dict[tuple[int, int], float]:
    """When what a wait (task, start) waited for was begun, for those that were begun earlier."""
    rows = line.process.table("begun").tolist()
    return {(task, start): float(line.seconds(made)) for start, made, task, _ in rows}


class _Shapes:
    """What a recorded stack says of each frame in it that is asked about, worked out once for each stack."""

    def __init__(self, line: Timeline, origins: Origins, of_libraries: bool) -> None:
        self.process, self.origins, self.of_libraries = line.process, origins, of_libraries
        self.known: dict[tuple[int, int], list[tuple[int, Site, bool | None, bool]]] = {}

    def of(self, stack: int, kind: int) -> list[tuple[int, Site, bool | None, bool]]:
        """(depth, site, waits for others: see `_turnstile`, waits for several) for each such frame."""
        found = self.known.get((stack, kind))
        if found is None:
            sites = self.process.stack(stack)[::-1]
            turnstile = self._turnstile(sites)
            joins = self._joins(sites, kind)
            found = self.known[stack, kind] = [
                (depth, site, turnstile, joins)
                for depth, site in enumerate(sites)
                if (self._hands_over(sites, depth) if self.of_libraries else self.origins.is_user(site))
            ]
        return found

    def _hands_over(self, sites: tuple[Site, ...], depth: int) -> bool:
        """Whether the frame is a library's, and the one that it called the user's."""
        if self.origins.package(sites[depth].file) is None or depth + 1 >= len(sites):
            return False
        return self.origins.is_user(sites[depth + 1])

    def _joins(self, sites: tuple[Site, ...], kind: int) -> bool:
        """Whether the user's own code waits for several: what a library gathers beneath is its one answer."""
        if self.process.strings.get(kind) == "_GatheringFuture":
            return self.origins.is_user(sites[-1])
        return any(
            site.function in ("TaskGroup.__aexit__", "_wait", "wait") and self.origins.is_user(outside)
            for outside, site in pairwise(sites[-4:])
        )

    def _turnstile(self, sites: tuple[Site, ...]) -> bool | None:
        """Whether the user's own code waits there; None where nobody does."""
        at = next(
            (at for at in range(max(len(sites) - 3, 1), len(sites)) if sites[at].file.endswith(TURNSTILES)),
            None,
        )
        if at is None:
            return None
        outside, user = sites[at - 1], self.origins.is_user(sites[at - 1])
        return user if user or not _PEER.search(outside.function.rpartition(".")[2]) else None


class _Wakers:
    """Whether it was a task that ended a wait."""

    def __init__(self, line: Timeline) -> None:
        self.line = line
        self.own: dict[int, Ints] = {}

    def by_task(self, task: int, since: float) -> bool:
        line = self.line
        own = self.own.get(task)
        if own is None:
            own = self.own[task] = np.flatnonzero(line.ref == task)
        at = int(np.searchsorted(line.start[own], since - 1e-6))
        root = int(line.root[own[at]]) if at < len(own) else -1
        return root >= 0 and bool(line.is_task[root])


class _Holds:
    """How long each loop's thread was held by long steps."""

    def __init__(self, line: Timeline) -> None:
        long = line.end - line.start >= HOLD_S
        self.spans: dict[int, Floats] = {
            int(thread): np.column_stack((line.start[own], line.end[own]))
            for thread in np.unique(line.thread[long])
            if len(own := np.flatnonzero(long & (line.thread == thread)))
        }
        for thread, spans in self.spans.items():
            spans[:-1, 1] = np.minimum(spans[:-1, 1], spans[1:, 0])
            self.spans[thread] = spans

    def between(self, thread: int, since: float, until: float) -> float:
        """Seconds of holds between two moments."""
        spans = self.spans.get(thread)
        if spans is None:
            return 0.0
        low = int(np.searchsorted(spans[:, 1], since))
        high = int(np.searchsorted(spans[:, 0], until))
        if low >= high:
            return 0.0
        both = held(spans[low:high], np.array([since, until]))
        return float(both[1] - both[0])
