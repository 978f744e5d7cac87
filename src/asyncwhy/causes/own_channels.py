"""A channel's only consumer that waits for room in it: only it could make some, so it waits for itself."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.contention import GET, PUT, Queued
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.queueing import user_line
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

#: A shorter wait (10 ms) for room in one's own channel ended somehow, and hurt nobody.
SHORTEST_S = 0.01

_REMEDIES = (
    Remedy(
        "put it back without waiting: into a second channel, or one without a limit (`put_nowait`)",
        Safety.CHANGES_BEHAVIOUR,
    ),
    Remedy("or do it again at once, in the same turn, instead of putting it back", Safety.CHANGES_BEHAVIOUR),
)


def own_puts(facts: ProcessFacts) -> list[Queued]:
    """The waits of consumers for room in a channel of which nobody else takes; `wait_for` may have made a task of
    one."""
    known = facts.contention
    consumers: dict[int, set[int]] = defaultdict(set)
    for take in known.takes:
        consumers[take.primitive].add(take.task)
    for one in known.queued:
        if one.what == GET:
            consumers[one.primitive].add(one.task)
    made = []
    for one in known.queued:
        if one.what != PUT or one.seconds < SHORTEST_S or len(consumers[one.primitive]) != 1:
            continue
        task = facts.line.tasks.get(one.task)
        if consumers[one.primitive] & {one.task, task.parent if task is not None else 0}:
            made.append(one)
    return made


def drafts(run: Run, slug: str) -> list[Draft]:
    """Such waits, by the user's line."""
    made = []
    for facts in run.facts.processes:
        groups: dict[Site, list[Queued]] = defaultdict(list)
        for one in own_puts(facts):
            site = facts.origins.user_site(facts.sent_stack(one.stack, one.task))
            if site is not None:
                groups[site].append(one)
        made += [_draft(run, facts, slug, site, group) for site, group in groups.items()]
    return made


def _gave_up(facts: ProcessFacts, one: Queued) -> int:
    """The node with which the consumer itself went on: a task that `wait_for` made is cancelled by it."""
    task = facts.line.tasks.get(one.task)
    parent = task.parent if task is not None and one.holder == task.parent else 0
    own = np.flatnonzero((facts.nodes.ref == parent) & (facts.nodes.start >= one.asked + SHORTEST_S))
    return int(own[0]) if parent and len(own) else one.node


def _draft(run: Run, facts: ProcessFacts, slug: str, site: Site, group: list[Queued]) -> Draft:
    waited = sum(one.seconds for one in group)
    primitive = facts.contention.primitives[group[0].primitive]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    name = call.qualified if call is not None else "put"
    made_at = user_line(facts, facts.stack(primitive.stack))
    why = f"it is full (it holds {primitive.limit}), and only this task takes from it"
    return Draft(
        cause=slug,
        facts=facts,
        site=site,
        words=Words(
            headline="a consumer waits for room in its own channel",
            label=f"{why}: {seconds(waited)}",
            message=(
                f"`{name}` waited {times(len(group))}, {seconds(waited)} in all, for room in a channel: {why}. It ended "
                "when somebody gave up waiting."
            ),
        ),
        count=len(group),
        cost_s=waited,
        call=name,
        operation="queue",
        stack=(site,),
        related=(Related("made here", made_at, f"holds {primitive.limit}"),) if made_at is not None else (),
        effects=Effects(late_s=waited),
        remedies=_REMEDIES,
        change=Change(earlier={_gave_up(facts, one): one.seconds for one in group}),
        worth=True,
    )
