"""`many-small-holds`: each short, together most of the time; summed per line."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.hotlines import Group, blocked, computed
from asyncwhy.analysis.smallsteps import NOTABLE, Small, small_steps
from asyncwhy.catalog import Operation
from asyncwhy.causes import holding, slices
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.innermost import waits_in
from asyncwhy.causes.origin import called_from, started_by, tasks_of
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.suffering import suffering
from asyncwhy.causes.unavoidable import avoidable
from asyncwhy.model import Effects

SLUG = "many-small-holds"

#: A line's short holds are one finding when they took this share of the time during which the loop ran...
SHARE = 0.2
#: ...there were at least this many...
FEWEST = 20
#: ...and each took at least this long on average: below, it is the loop's ordinary work (0.2 ms).
LEAST_S = 0.0002


def find(run: Run) -> list[Draft]:
    """Sums over steps, not a threshold on one."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        for small in small_steps(facts, holding.SINGLE_S):
            if small.total_s < SHARE * facts.loop_s or len(small.steps) < FEWEST:
                continue
            pieces = avoidable(facts, small.pieces)
            waits = [piece for piece in pieces if piece.kind is Kind.BLOCKED]
            works = [piece for piece in pieces if piece.kind is Kind.BUSY]
            groups = computed(facts, works, run.reading)
            sliced = slices.find(run, facts, small, groups)
            for group, computes in [(group, False) for group in blocked(facts, waits)] + [
                (group, True) for group in groups if sliced is None
            ]:
                draft = _draft(run, facts, small, group, computes)
                if draft is not None:
                    made.append(draft)
            made.extend([sliced] if sliced is not None else [])
    return made


def _draft(run: Run, facts: ProcessFacts, small: Small, group: Group, computes: bool) -> Draft | None:
    share = group.cost_s / small.total_s
    length = (facts.line.end - facts.line.start)[small.steps]
    # A task has steps in which it only begins or ends; those that hold are near the longest ones.
    count = round(int((length >= NOTABLE * np.percentile(length, 90)).sum()) * min(share / 0.9, 1.0))
    if group.cost_s < SHARE * facts.loop_s or count < FEWEST or group.cost_s < count * LEAST_S:
        return None
    waits = waits_in(run, facts, group) if computes else None
    computes = computes and waits is None
    described = holding.describe(run, facts, group, [group.cost_s / count] * count)
    line = facts.line
    spans = np.column_stack((line.start[small.steps], line.end[small.steps]))
    late = suffering(run, facts, [(small.thread, spans)])
    starter = started_by(facts, tasks_of(facts, line.ref[small.steps].tolist()))
    called = called_from(run, facts, group.own_stack)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=group.site,
        words=_words(facts, described.call, count, group.cost_s, computes, waits),
        count=count,
        cost_s=group.cost_s,
        call=described.call,
        operation="cpu" if computes else waits.kind if waits is not None else described.operation,
        inside_library=described.library,
        stack=group.stack,
        started_by=starter.site if starter else None,
        related=(*called, starter) if starter is not None else called,
        victims=late.victims,
        effects=Effects(late_s=late.hurt_s),
        suffering=late,
        known=described.known,
        loop=described.loop,
        change=_leaving(facts, small, share, computes),
        thread=small.thread,
        spans=[(float(low), float(high)) for low, high in spans],
    )


def _words(
    facts: ProcessFacts, call: str, count: int, cost_s: float, computes: bool, waits: Operation | None
) -> Words:
    what = "computes on" if computes else "stops"
    does = f": it {waits.verb}" if waits is not None else ""
    return Words(
        headline=f"`{call}` {what} the event loop, a little each time{does}",
        label=f"{count} times, {seconds(cost_s / count)} each",
        message=(
            f"`{call}` {what} the event loop for {seconds(cost_s / count)} only, but {count} "
            f"times: {seconds(cost_s)} in all, of {seconds(facts.loop_s)} that the loop ran{does}."
        ),
    )


def _leaving(facts: ProcessFacts, small: Small, share: float, computes: bool) -> Change:
    inside = np.zeros(len(facts.nodes.start), bool)
    inside[facts.nodes.node_of[small.steps]] = True
    nodes = np.flatnonzero(inside)
    share = min(share, 1.0)
    return Change({int(node): [Cut(0.0, share * float(facts.nodes.run[node]), computes)] for node in nodes})
