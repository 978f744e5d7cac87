"""The picture: what each task did when, as lanes of spans."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.replay import Replay
from asyncwhy.analysis.tasks import Task
from asyncwhy.analysis.timeline import Floats, Ints
from asyncwhy.model import Lane, Span, State

#: Tasks drawn one by one; the further ones are counted.
MOST_TASKS = 200
#: Spans of one lane closer together than this share of the picture are drawn as one.
JOINED = 1 / 2000
#: A lane of more nodes than this has about as many spans as can be drawn.
DENSE = 500

__all__ = ["Lane", "recorded", "replayed"]


def recorded(facts: ProcessFacts) -> list[Lane]:
    """The lanes as the run went."""
    nodes = facts.nodes
    return _lanes(facts, _Times(nodes.release, nodes.start, nodes.end, []))


def replayed(facts: ProcessFacts, replay: Replay) -> list[Lane]:
    """The lanes as the replay has them."""
    return _lanes(facts, _Times(replay.release, replay.start, replay.end, replay.delays))


@dataclass
class _Times:
    """When each node was released, began and ended, and the stretches in which it was away from the loop."""

    release: Floats
    start: Floats
    end: Floats
    delays: list[tuple[int, float, float]]

    @cached_property
    def away(self) -> dict[int, list[tuple[float, float]]]:
        made: dict[int, list[tuple[float, float]]] = {}
        for node, left, back in sorted(self.delays):
            made.setdefault(node, []).append((left, back))
        return made


def _lanes(facts: ProcessFacts, times: _Times) -> list[Lane]:
    order, refs, low, high = _by_task(facts, times)
    if not len(refs):
        return []
    tasks = facts.line.tasks
    begin = np.minimum(times.release, times.start)[order[low]]
    until = np.maximum(times.start, times.end)[order[high - 1]]
    least = float(until.max()) * JOINED
    ranked = np.argsort(begin - until, kind="stable")
    chosen = ranked[:MOST_TASKS]
    made = []
    for place in chosen[np.argsort(refs[chosen])].tolist():
        ref, nodes = int(refs[place]), order[low[place] : high[place]]
        spans = _dense(times, nodes, least) if len(nodes) > DENSE else _joined(_spans(times, nodes), least)
        parent = tasks.get(tasks[ref].parent)
        made.append(Lane(_name(tasks[ref]), "task", facts.pid, spans, _name(parent) if parent else None))
    if len(ranked) > MOST_TASKS:
        made[-1] = replace(made[-1], like=len(ranked) - MOST_TASKS)
    return made


def _name(task: Task) -> str:
    return f"{task.name} {task.code.site.function.rpartition('.')[2]}" if task.code else task.name


def _by_task(facts: ProcessFacts, times: _Times) -> tuple[Ints, Ints, Ints, Ints]:
    """The nodes by task; the tasks of the program's own, in the order in which they began; and from where to
    where among the nodes those of each stand."""
    ref, tasks = facts.nodes.ref, facts.line.tasks
    ran = np.flatnonzero(facts.nodes.is_task & (times.end > 0))
    order = ran[np.argsort(ref[ran], kind="stable")]
    refs, firsts = np.unique(ref[order], return_index=True)
    codes = np.unique(tasks.code).tolist()
    places = [(code, facts.line.code_of(code)) for code in codes]
    standard = [
        code for code, place in places if place and facts.origins.of(place.site.file) is Origin.STANDARD
    ]
    own = (tasks.rows(refs) >= 0) & ~np.isin(tasks.of(tasks.code, refs, -1), standard)
    begun = np.argsort(order[firsts], kind="stable")
    begun = begun[own[begun]]
    return order, refs[begun], firsts[begun], np.append(firsts[1:], len(order))[begun]


def _spans(times: _Times, nodes: Ints) -> list[Span]:
    """What a task did, without gaps from its first moment to its last."""
    made: list[Span] = []
    for node, release, start, end in zip(
        nodes.tolist(),
        times.release[nodes].tolist(),
        times.start[nodes].tolist(),
        times.end[nodes].tolist(),
        strict=True,
    ):
        if made and release > made[-1].end_s:
            made.append(Span(made[-1].end_s, release, State.AWAITING))
        if start > release:
            made.append(Span(release, start, State.READY))
        begun = start
        for left, back in times.away.get(node, ()):
            made.append(Span(begun, left, State.HOLDS))
            made.append(Span(left, back, State.AWAITING))
            begun = back
        made.append(Span(begun, max(end, begun), State.HOLDS))
    return made


def _dense(times: _Times, nodes: Ints, width: float) -> tuple[Span, ...]:
    """A lane with more spans than can be drawn: each stretch of `width` shows what filled most of it."""
    release, start, end = times.release[nodes], times.start[nodes], times.end[nodes]
    begin, until = float(min(release[0], start[0])), float(max(start[-1], end[-1]))
    edges = np.linspace(begin, until, max(math.ceil((until - begin) / width), 1) + 1)
    before = np.append(begin, end[:-1])
    away = [span for node in nodes.tolist() for span in times.away.get(node, ())]
    holds = held(np.column_stack((start, end)), edges) - held(np.array(away).reshape(-1, 2), edges)
    ready = held(np.column_stack((np.clip(release, before, start), start)), edges)
    shares = np.column_stack((np.diff(holds), np.diff(ready)))
    shares = np.column_stack((shares, np.diff(edges) - shares.sum(1)))
    strongest = shares.argmax(1)
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(strongest)) + 1, [len(strongest)])).tolist()
    states = (State.HOLDS, State.READY, State.AWAITING)
    return tuple(
        Span(float(edges[low]), float(edges[high]), states[strongest[low]]) for low, high in pairwise(cuts)
    )


def _joined(spans: list[Span], least: float) -> tuple[Span, ...]:
    """Neighbours of one state joined; what is too short to be drawn goes to its neighbour."""
    made: list[Span] = []
    for span in spans:
        if made and (span.state is made[-1].state or span.end_s - span.start_s < least):
            made[-1] = Span(made[-1].start_s, max(span.end_s, made[-1].end_s), made[-1].state)
        elif made and made[-1].end_s - made[-1].start_s < least:
            made[-1] = Span(made[-1].start_s, span.end_s, span.state)
        else:
            made.append(span)
    return tuple(made)
