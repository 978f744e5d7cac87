"""How soon what could run did run: the loops' lag, and what tasks stood in queues, in a run or in a replay of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.contention import ACQUIRE, GET
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.replay import Replay
from asyncwhy.analysis.timeline import Floats, Ints


@dataclass
class Lags:
    """Of one process, seconds: how late each step began, and what tasks waited in all for loops, workers, locks and
    limits (`waited_s`)."""

    steps: Floats = field(default_factory=lambda: np.zeros(0))
    waited_s: float = 0.0


def lags(facts: ProcessFacts, replay: Replay) -> Lags:
    """How late it was in a replay, or in the run itself."""
    nodes = facts.nodes
    ran = replay.end > 0
    lateness = np.where(ran, np.maximum(replay.start - replay.release, 0.0), 0.0)
    steps = lateness[nodes.node_of][ran[nodes.node_of]]
    queued = (
        float(lateness[nodes.is_task & ~nodes.polling].sum())
        + _for_workers(facts, replay)
        + _for_turns(facts, replay)
    )
    return Lags(steps, queued)


def _for_workers(facts: ProcessFacts, replay: Replay) -> float:
    """What jobs waited for a worker."""
    if not replay.jobs:
        return sum(job.queued_s for job in facts.jobs)
    waited = 0.0
    for node, submitted in facts.nodes.submits.items():
        for offset, index in submitted:
            waited += max(replay.jobs[index][0] - (float(replay.start[node]) + offset), 0.0)
    return waited


def _for_turns(facts: ProcessFacts, replay: Replay) -> float:
    """What tasks waited for locks, limits and pools, from when they asked until they could go on; who waits for an
    item of a channel may have nothing else to do."""
    known = facts.contention
    nodes = [
        one.node
        for one in known.queued
        if one.what == ACQUIRE or (one.what == GET and known.primitives[one.primitive].is_pool)
    ]
    own: Ints = np.unique(np.array(nodes, np.int64))
    own = own[(facts.nodes.previous[own] >= 0) & (replay.end[own] > 0)] if len(own) else own
    return float(np.maximum(replay.release[own] - replay.end[facts.nodes.previous[own]], 0.0).sum())
