"""What a replay changes where what was begun one after another could have been begun together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.timeline import LoopRun


def begun_together(facts: ProcessFacts, runs: Iterable[LoopRun]) -> Change:
    """All runs of a loop, or of several, begin when the first one did: what one loop and a gather would do."""
    starts = facts.nodes.start
    firsts = []
    for run in sorted(runs, key=lambda run: run.start):
        inside = np.flatnonzero(
            (facts.nodes.thread == run.thread) & facts.nodes.is_task & (starts >= run.start)
            & (starts <= run.until(facts.line.ended))
        )  # fmt: skip
        if len(inside):
            firsts.append(int(inside[0]))
    return Change(like=dict.fromkeys(firsts[1:], firsts[0]))
