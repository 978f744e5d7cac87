"""What the replay runs: the nodes' columns as plain lists, which Python's own loop reads fastest.

One list of edges holds all that a node releases: first what it woke during its run, then the nodes that
follow a certain time after its end.  Those of node n are the places first[n] to first[n + 1]; from woken[n]
on they follow its end.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from asyncwhy.analysis.timeline import Floats, Ints

if TYPE_CHECKING:
    from asyncwhy.analysis.schedule import Nodes

#: Longer columns are arrays: a fifth slower to read, and a quarter of the size.
LISTED = 3_000_000
#: Marks are one byte, of which this many callbacks are told apart.
RELAYS = 127
#: Stands at the end of `given`.
NEVER = (float("inf"), 1 << 62)


@dataclass
class Plan:
    """`after` counts seconds from a node's begin to each edge's child; `needs` counts what must happen before a
    node; `given` are the (time, node) that nothing inside releases, in order; `marks` count the
    callbacks that stand in the loop's queue before a node does."""

    previous: Ints
    delay: Floats
    thread: list[int] | array[int]
    threads: list[int]
    run: list[float] | array[float]
    needs: list[int] | array[int]
    first: list[int] | array[int]
    woken: list[int] | array[int]
    children: list[int] | array[int]
    after: list[float] | array[float]
    given: list[tuple[float, int]]
    marks: bytes


def plan(nodes: Nodes, like: Mapping[int, int] | None = None) -> Plan:
    """The plan of a schedule; `like` maps a node to another one together with which it is released."""
    previous, delay, absolute = nodes.previous, nodes.delay, nodes.absolute
    if like:
        previous, delay, absolute = previous.copy(), delay.copy(), absolute.copy()
        changed, models = np.array(list(like)), np.array(list(like.values()))
        previous[changed], delay[changed] = nodes.previous[models], nodes.delay[models]
        absolute[changed] = nodes.absolute[models]
    count = len(nodes.start)
    follows = np.flatnonzero((previous >= 0) & ~np.isnan(delay))
    source = np.concatenate((nodes.edges.node, previous[follows]))
    after = np.concatenate((nodes.edges.offset, nodes.run[previous[follows]] + delay[follows]))
    child = np.concatenate((nodes.edges.child, follows))
    order = np.argsort(source, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=count))))
    needs = nodes.needs.copy()
    needs[follows] += 1
    given = np.flatnonzero(needs == 0)
    time = np.where(np.isnan(absolute), nodes.release, absolute)[given]
    by_time = np.argsort(time, kind="stable")
    threads, thread = np.unique(nodes.thread, return_inverse=True)
    return Plan(
        previous=previous,
        delay=delay,
        thread=_column("H", thread),
        threads=threads.tolist(),
        run=_column("d", nodes.run),
        needs=_column("I", needs),
        first=_column("q", first),
        woken=_column("q", first[:-1] + np.bincount(nodes.edges.node, minlength=count)),
        children=_column("q", child[order]),
        after=_column("d", after[order]),
        given=[*zip(time[by_time].tolist(), given[by_time].tolist(), strict=True), NEVER],
        marks=np.minimum(nodes.relays, RELAYS).astype(np.uint8).tobytes(),
    )


def _column(code: str, values: Any) -> Any:
    if len(values) <= LISTED:
        return values.tolist()
    return array(code, np.ascontiguousarray(values, dtype=code).tobytes())
