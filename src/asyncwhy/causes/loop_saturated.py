"""`loop-saturated`: too many ready callbacks; no single one is slow, there is too much of it on one thread."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.saturation import Saturation, saturated
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.suffering import suffering
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "loop-saturated"

#: A loop must have been behind for this share of the time for which it ran: one busy moment in a server's
#: day is not what it suffers from.
SHARE = 0.2
#: Others must have been late by this in all (50 ms) where a turn of the loop did not end.
LATE_S = 0.05
_TURNING = (
    Remedy(
        "let the loop turn now and then: `await new Promise(setImmediate)` after every few hundred items",
        Safety.CHANGES_BEHAVIOUR,
    ),
    Remedy(
        "leave out the `await` of what is not asynchronous: it costs a step, and waits for nothing",
        Safety.SKETCH,
    ),
)
#: Steps from this length on (0.1 s) are findings of their own, saturated or not; shorter ones are made of a
#: machine that has other things to do, and of garbage collections among so many tasks.
OWN_S = 0.1


def find(run: Run) -> list[Draft]:
    """Loops that were behind although no step was long."""
    made = []
    for facts in run.facts.processes:
        for one in saturated(facts):
            if one.lasted_s >= SHARE * facts.loop_s:
                draft = _draft(run, facts, one)
                if draft is not None:
                    made.append(draft)
        made.extend(_starved(run, facts))
    return made


def _starved(run: Run, facts: ProcessFacts) -> list[Draft]:
    """Turns of Node.js's loop that did not end, since promises went on at once, one behind the other."""
    line = facts.line
    turns: dict[Site, list[tuple[float, float, int]]] = defaultdict(list)
    for event in facts.process.named("starved"):
        site = facts.origins.user_site(facts.stack(event["stack"]))
        if site is not None:
            since, until = (float(line.seconds(event[name])) for name in ("time", "until"))
            turns[site].append((since, until, event["steps"]))
    return [_turn(run, facts, site, own) for site, own in turns.items()]


def _turn(run: Run, facts: ProcessFacts, site: Site, own: list[tuple[float, float, int]]) -> Draft:
    """The turns that one line kept from ending: since when, until when, in how many steps."""
    spans = [(since, until) for since, until, _ in own]
    thread = next(iter(facts.line.loop_threads()))
    suffered = suffering(run, facts, [(thread, np.array(spans))])
    cost, steps = sum(until - since for since, until in spans), sum(one[2] for one in own)
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=Words(
            headline="awaits that never wait keep the event loop from turning",
            label=f"{steps:,} steps without one turn of the loop, {seconds(cost)} in all",
            message=(
                f"{steps:,} steps ran one behind the other, since what they awaited was done already: for "
                f"{seconds(cost)} the loop looked at no timer and no socket."
            ),
        ),
        count=len(own),
        cost_s=cost,
        call=call.qualified if call is not None else "await",
        operation="loop",
        stack=(site,),
        victims=suffered.victims,
        effects=Effects(late_s=suffered.hurt_s),
        remedies=_TURNING,
        worth=suffered.hurt_s >= LATE_S,
        thread=thread,
        spans=spans,
    )


def _draft(run: Run, facts: ProcessFacts, one: Saturation) -> Draft | None:
    line = facts.line
    found = _most(facts, one)
    if found is None:
        return None
    site, stack, tasks = found
    late = line.late[one.late]
    length = (line.end - line.start)[one.steps]
    each = float(np.median(length))
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    suffered = suffering(run, facts, [(one.thread, one.spans)])
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=Words(
            headline=f"{tasks:,} tasks share one event loop, which cannot keep up"
            if tasks > 1
            else "one event loop cannot keep up with what becomes ready",
            label=f"what was ready waited {seconds(float(late.mean()))} for its turn, {one.queue:,.0f} in the queue",
            message=(
                f"For {seconds(one.lasted_s)} the event loop of {line.thread_name(one.thread)} was behind: "
                f"{len(one.steps):,} steps, most of about {max(each * 1e6, 1):.0f} µs, none of them slow, but "
                f"{one.queue:,.0f} stood ready at a time, each for {seconds(float(late.mean()))} on average."
            ),
        ),
        count=len(one.late),
        cost_s=one.lasted_s,
        call=call.qualified if call is not None else site.function,
        operation="loop",
        stack=stack,
        related=(*_runs(facts, one, site), *called_from(run, facts, stack)),
        victims=suffered.victims,
        effects=Effects(late_s=suffered.hurt_s),
        remedies=_remedies(),
        worth=True,
        thread=one.thread,
        spans=_spans(facts, one),
    )


def _most(facts: ProcessFacts, one: Saturation) -> tuple[Site, tuple[Site, ...], int] | None:
    """The user's line from which most of the steps come, its stack, and how many tasks it made."""
    refs, counts = np.unique(facts.line.ref[one.steps], return_counts=True)
    steps: Counter[Site] = Counter()
    tasks: Counter[Site] = Counter()
    stacks: dict[Site, tuple[Site, ...]] = {}
    for ref, count in zip(refs.tolist(), counts.tolist(), strict=True):
        task = facts.line.tasks.get(ref)
        place = facts.line.place(ref)
        stack = facts.made_stack(task) if task is not None else ()
        index = facts.origins.user_index(stack)
        if index is None and (place is None or facts.origins.of(place.site.file) is Origin.STANDARD):
            continue
        site = stack[index] if index is not None else place.site if place else None
        if site is not None:
            steps[site] += count
            tasks[site] += task is not None
            stacks.setdefault(site, stack[index:] if index is not None else (site,))
    if not steps:
        return None
    most = steps.most_common(1)[0][0]
    return most, stacks[most], tasks[most]


def _runs(facts: ProcessFacts, one: Saturation, site: Site) -> list[Related]:
    """The function whose steps these are."""
    refs, counts = np.unique(facts.line.ref[one.late], return_counts=True)
    functions: Counter[Site] = Counter()
    for ref, count in zip(refs.tolist(), counts.tolist(), strict=True):
        place = facts.line.place(ref)
        if place is not None and facts.origins.is_user(place.site) and place.site != site:
            functions[place.site] += count
    return [
        Related("steps of", where, f"{count:,} of them late") for where, count in functions.most_common(1)
    ]


def _spans(facts: ProcessFacts, one: Saturation) -> list[tuple[float, float]]:
    """The steps in the stretches that are not findings of their own."""
    line = facts.line
    short = one.steps[(line.end - line.start)[one.steps] < OWN_S]
    return list(zip(line.start[short].tolist(), line.end[short].tolist(), strict=True))


def _remedies() -> tuple[Remedy, ...]:
    return (
        Remedy(
            "fewer steps: one task that works off a batch at each wake-up, instead of a task and a timer for each item",
            Safety.SKETCH,
        ),
        Remedy("fewer at a time: a fixed number of workers that take from a queue", Safety.SKETCH),
        Remedy(
            "more loops: several processes (one for each core), each with its share; uvloop makes each step cheaper",
            Safety.SKETCH,
        ),
    )
