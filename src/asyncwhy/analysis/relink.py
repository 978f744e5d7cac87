"""Schedules in which nodes are released by others than they were: what fixes of locks, limits and channels do.

A lock that is not held any longer lets a task go on when it asked.  A wider limit lets it go on with an earlier
release than its own.  More consumers begin with an item when it was put, not when the item before was done.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np

from asyncwhy.analysis.schedule import Nodes, Wakes


@dataclass(frozen=True, slots=True)
class Part:
    """The rest of a node's run, from `offset` on, as a node of its own that `waker` releases at `at` seconds of
    its run; with no waker (-1) it begins at the moment `at`."""

    offset: float
    waker: int
    at: float


@dataclass
class Links:
    """`freed` nodes go on when their task's node before has ended; those in `instead` also wait for that
    (node, offset), and the first ones of tasks for that alone.  `parts` are rests of nodes by node; `after` are
    (node, child): the child, or its part, waits for the end of the node."""

    freed: set[int] = field(default_factory=set)
    instead: dict[int, tuple[int, float]] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    after: list[tuple[int, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.freed or self.parts)

    def plus(self, other: Links) -> Links:
        """Both at once; a node that is freed outright waits for nothing."""
        instead = {
            node: given
            for node, given in {**self.instead, **other.instead}.items()
            if (node in self.instead or node not in self.freed)
            and (node in other.instead or node not in other.freed)
        }
        return Links(
            self.freed | other.freed,
            instead,
            {**self.parts, **other.parts},
            [*self.after, *other.after],
        )


def relinked(nodes: Nodes, links: Links) -> Nodes:
    """The schedule with other links; parts come after the nodes, whose numbers stay."""
    freed = np.array(sorted(links.freed), dtype=np.int64)
    freed = freed[(nodes.previous[freed] >= 0) | np.isin(freed, list(links.instead))]
    delay, absolute, relays = nodes.delay.copy(), nodes.absolute.copy(), nodes.relays.copy()
    delay[freed] = np.where(nodes.previous[freed] >= 0, 0.0, np.nan)
    absolute[freed], relays[freed] = np.nan, 0
    kept = ~np.isin(nodes.edges.child, freed)
    edges = [
        (nodes.edges.node[kept].tolist(), nodes.edges.offset[kept].tolist(), nodes.edges.child[kept].tolist())
    ]
    instead = [(node, offset, child) for child, (node, offset) in links.instead.items()]
    split = _Split(nodes, links.parts)
    rows = [*zip(*edges[0], strict=True), *instead]
    made = [(*split.place(node, offset), child) for node, offset, child in rows]
    made += split.wakes()
    run = nodes.run.copy()
    for node, part in links.parts.items():
        run[node] = min(part.offset, float(run[node]))
    made += [(node, float(run[node]), split.number.get(child, child)) for node, child in links.after]
    made.sort()
    return split.columns(
        replace(nodes, delay=delay, absolute=absolute, relays=relays, run=run, edges=_edges(made))
    )


def _edges(rows: list[tuple[int, float, int]]) -> Wakes:
    if not rows:
        return Wakes()
    node, offset, child = zip(*rows, strict=True)
    return Wakes(np.array(node, np.int64), np.array(offset, float), np.array(child, np.int64))


class _Split:
    """Nodes cut in two."""

    def __init__(self, nodes: Nodes, parts: dict[int, Part]) -> None:
        self.nodes = nodes
        self.parts = parts
        count = len(nodes.start)
        self.number = {node: count + place for place, node in enumerate(parts)}

    def place(self, node: int, offset: float) -> tuple[int, float]:
        """Where an offset of a node is after the cut."""
        part = self.parts.get(node)
        if part is None or offset < part.offset:
            return node, offset
        return self.number[node], offset - part.offset

    def wakes(self) -> list[tuple[int, float, int]]:
        """What releases the parts."""
        return [
            (*self.place(part.waker, part.at), self.number[node])
            for node, part in self.parts.items()
            if part.waker >= 0
        ]

    def columns(self, nodes: Nodes) -> Nodes:
        """All columns with the parts behind them."""
        if not self.parts:
            return nodes
        old = self.nodes
        cut = np.array(list(self.parts), dtype=np.int64)
        offsets = np.array([part.offset for part in self.parts.values()])
        given = np.array([np.nan if part.waker >= 0 else part.at for part in self.parts.values()])
        moved = np.arange(len(old.start) + len(cut))
        moved[cut] = list(self.number.values())
        start = np.minimum(old.start[cut] + offsets, old.end[cut])
        end = old.end.copy()
        end[cut] = start
        submits: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        for node, jobs in old.submits.items():
            for offset, job in jobs:
                at, within = self.place(node, offset)
                submits[at].append((within, job))
        return Nodes(
            thread=np.append(old.thread, old.thread[cut]),
            start=np.append(old.start, start),
            end=np.append(end, old.end[cut]),
            run=np.append(nodes.run, np.maximum(old.run[cut] - nodes.run[cut], 0.0)),
            ref=np.append(old.ref, old.ref[cut]),
            release=np.append(old.release, start),
            previous=np.append(
                np.where(old.previous >= 0, moved[old.previous], old.previous), np.full(len(cut), -1)
            ),
            delay=np.append(nodes.delay, np.full(len(cut), np.nan)),
            absolute=np.append(nodes.absolute, given),
            relays=np.append(nodes.relays, np.zeros(len(cut), np.int64)),
            node_of=old.node_of,
            edges=nodes.edges,
            submits=submits,
            joins=old.joins,
            handed=old.handed,
            polls=old.polls,
        )
