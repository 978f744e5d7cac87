"""A recorded schedule with other lengths: nodes that come earlier from outside, or run for a share of their time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from asyncwhy.analysis.schedule import Nodes


def altered(nodes: Nodes, earlier: Mapping[int, float], shorter: Mapping[int, float]) -> Nodes:
    """`earlier`: seconds by which a node's outside release comes before its time (or after, if negative); `shorter`:
    the share of its run that remains.  What a node does happens at the same share of its run."""
    absolute, delay, release = nodes.absolute.copy(), nodes.delay.copy(), nodes.release.copy()
    for node, seconds in earlier.items():
        absolute[node] -= seconds
        release[node] -= seconds
        delay[node] = np.maximum(delay[node] - seconds, 0.0)
    share = np.ones(len(nodes.run))
    for node, left in shorter.items():
        share[node] = left
    edges = replace(nodes.edges, offset=nodes.edges.offset * share[nodes.edges.node])
    submits: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for node, jobs in nodes.submits.items():
        submits[node] = [(offset * share[node], job) for offset, job in jobs]
    return replace(
        nodes,
        absolute=absolute,
        delay=delay,
        release=release,
        run=nodes.run * share,
        edges=edges,
        submits=submits,
    )
