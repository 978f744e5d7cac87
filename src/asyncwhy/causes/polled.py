"""Which waits are only the pause before another look: loops that sleep until something has happened elsewhere.

The record shows the sleeps, the source whether the loop around them only asks.  The replay has to know: how often
such a loop looked is no property of the program (`analysis.polls`).
"""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis import polls
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.standing import SLEEPS
from asyncwhy.causes.draft import Run
from asyncwhy.causes.requests import hidden


def mark(run: Run) -> None:
    """Tell every process its `polled` stacks, before its nodes are asked for; who only looks is not kept waiting."""
    for facts in run.facts.processes:
        stacks = np.unique(facts.process.table("waits")["stack"]).tolist()
        facts.polled = frozenset(stack for stack in stacks if _only_looks(run, facts, stack))
        if facts.polled:
            polls.calm(facts.line, facts.nodes, hidden(facts))


def _only_looks(run: Run, facts: ProcessFacts, stack: int) -> bool:
    sites = facts.stack(stack)
    around = [place for place, site in enumerate(sites) if not _sleeps(facts, site.function, site.file)]
    if not around or not around[0]:
        return False
    site = sites[around[0]]
    return run.source.poll_at(site.file, site.line, alone=True) is not None


def _sleeps(facts: ProcessFacts, function: str, file: str) -> bool:
    """Whether a frame is a library's own way of sleeping."""
    return function.rpartition(".")[2] in SLEEPS and facts.origins.of(file) is not Origin.USER
