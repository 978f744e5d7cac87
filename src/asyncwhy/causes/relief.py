"""What those who queue would be spared if nobody had to: by the replay, since what queues may only wait elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.relink import Links
from asyncwhy.causes.draft import Run
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.queueing import SMALL, Contended, freed
from asyncwhy.causes.worth import LEAST_S

#: A task that queued notices what is a quarter of its time, however short it is.
NOTABLE = 0.25


@dataclass(frozen=True, slots=True)
class Relief:
    """Seconds: how much sooner all that came of the waits would be over (`last_s`: the run's own end may wait for
    something else, a server that looks twice a second whether it should stop), and how much sooner each of the
    tasks that queued would be, summed (`each_s`), of so many that they took (`theirs_s`)."""

    last_s: float
    each_s: float
    theirs_s: float


def relief(facts: ProcessFacts, links: Links, tasks: Iterable[int] = ()) -> Relief | None:
    """What freed tasks are spared; None for a run that is too large to replay once more."""
    nodes = facts.nodes
    if len(nodes.start) > SMALL:
        return None
    reached = _reached(facts, links)
    if not reached:
        return Relief(0.0, 0.0, 0.0)
    before, changed = facts.baseline, facts.replayed(Change(links=links))
    own = np.array(sorted(reached))
    last_s = max(float(before.end[own].max() - changed.end[own].max()), 0.0)
    theirs = np.flatnonzero(np.isin(nodes.ref, list(tasks)))
    _, task = np.unique(nodes.ref[theirs], return_inverse=True)
    count = int(task.max()) + 1 if len(task) else 0
    first, was, would = np.full(count, np.inf), np.zeros(count), np.zeros(count)
    np.minimum.at(first, task, before.start[theirs])
    np.maximum.at(was, task, before.end[theirs])
    np.maximum.at(would, task, changed.end[theirs])
    return Relief(last_s, float((was - would).sum()), float((was - first).sum()))


def _reached(facts: ProcessFacts, links: Links) -> set[int]:
    """The nodes of which something changes, directly or through what comes after."""
    nodes = facts.nodes
    after: dict[int, list[int]] = defaultdict(list)
    for node, child in zip(nodes.edges.node.tolist(), nodes.edges.child.tolist(), strict=True):
        after[node].append(child)
    # Whatever released it, a task's next node comes after the one before.
    follows = np.flatnonzero(nodes.previous >= 0)
    for node, child in zip(nodes.previous[follows].tolist(), follows.tolist(), strict=True):
        after[node].append(child)
    reached, ahead = set(links.freed | links.parts.keys()), [*links.freed, *links.parts]
    while ahead:
        for child in after[ahead.pop()]:
            if child not in reached:
                reached.add(child)
                ahead.append(child)
    return reached


def of_group(group: Contended) -> Relief | None:
    """What those are spared that queued for a lock or a limit."""
    return relief(group.facts, freed(group.queued), {one.task for one in group.queued})


def hurts_those(run: Run, group: Contended, spared: Relief | None) -> bool:
    """Whether those who queued lost time that they would notice, whatever the run's own end waits for."""
    tasks = [one.task for one in group.queued]
    if spared is None:
        return hurts_by_itself(run, group.facts, tasks, group.late_s)
    each = max(spared.each_s, 0.0)
    noticed = each >= LEAST_S * len(set(tasks)) or each >= NOTABLE * spared.theirs_s
    return noticed and hurts_by_itself(run, group.facts, tasks, min(each, group.late_s))
