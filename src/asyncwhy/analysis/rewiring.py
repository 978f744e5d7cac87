"""A schedule in which some nodes were released by others than they were: the columns of `Nodes` anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from asyncwhy.analysis.schedule import Nodes, Wakes


@dataclass
class Rewiring:
    """Awaits that were made one after another are made at once.

    `follows` releases a node so many seconds after the end of another one than before, `after` also not
    before the ends of others; `moved` lets what one node released or submitted begin with the end of another.
    """

    follows: dict[int, tuple[int, float]] = field(default_factory=dict)
    after: dict[int, list[int]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.follows or self.after or self.moved)

    def plus(self, other: Rewiring) -> Rewiring:
        """Both at once."""
        return Rewiring(
            {**self.follows, **other.follows}, {**self.after, **other.after}, {**self.moved, **other.moved}
        )

    def of(self, nodes: Nodes) -> Nodes:
        """The nodes with their new releases; their times are still those of the record."""
        made = replace(
            nodes, previous=nodes.previous.copy(), delay=nodes.delay.copy(), edges=self._edges(nodes)
        )
        for node, (before, delay) in self.follows.items():
            made.previous[node], made.delay[node] = before, delay
        for node, target in self.moved.items():
            jobs = nodes.submits.get(node)
            if jobs:
                if made.submits is nodes.submits:
                    made.submits = nodes.submits.copy()
                end = float(nodes.run[target])
                made.submits[target] = made.submits[target] + [(end, job) for _, job in jobs]
                made.submits[node] = made.submits[node][len(jobs) :]
        return made

    def _edges(self, nodes: Nodes) -> Wakes:
        old = nodes.edges
        node, offset = old.node.copy(), old.offset.copy()
        moved = np.flatnonzero(np.isin(node, list(self.moved)))
        node[moved] = [self.moved[one] for one in node[moved].tolist()]
        offset[moved] = nodes.run[node[moved]]
        joins = [(other, child) for child, others in self.after.items() for other in others]
        others = np.array([other for other, _ in joins], dtype=np.int64)
        node = np.concatenate((node, others))
        offset = np.concatenate((offset, nodes.run[others]))
        child = np.concatenate((old.child, np.array([child for _, child in joins], dtype=np.int64)))
        order = np.lexsort((offset, node))
        return Wakes(node[order], offset[order], child[order])
