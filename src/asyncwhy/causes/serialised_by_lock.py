"""`serialised-by-lock`: tasks queue for a lock that is held across an await, or jobs in threads for one of theirs."""

from __future__ import annotations

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.contention import ACQUIRE
from asyncwhy.causes import relief, thread_queues
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.queueing import Contended, contended, freed, locks, package_of
from asyncwhy.causes.seconds import queue, seconds
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "serialised-by-lock"


def find(run: Run) -> list[Draft]:
    """Locks that were held while their holder awaited, and for which others queued meanwhile; threads' locks."""
    made = []
    for facts in run.facts.processes:
        for group in contended(facts, ACQUIRE, locks(facts)):
            site = group.holding_line()
            if site is not None and not group.keeps_rate(
                run.source
            ):  # else it was not an await that kept the others out
                made.append(_draft(run, group, site))
    return [*made, *thread_queues.drafts(run, SLUG, locks=True)]


def _draft(run: Run, group: Contended, site: Site) -> Draft:
    facts = group.facts
    defined = group.made_at()
    waiting = group.waiting_lines()
    spared = relief.of_group(group)
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    related = [Related("made here", defined, "the lock")] if defined is not None else []
    related += [
        Related("waited here", one.site, f"{one.count} times, {seconds(one.late_s / one.count)} on average")
        for one in waiting[:3]
    ]
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(group, site),
        count=len(group.queued),
        cost_s=group.late_s,
        call=call.qualified if call is not None else "await",
        operation="lock",
        inside_library=package_of(group),
        stack=(site,),
        related=tuple(related),
        victims=waiting,
        effects=Effects(late_s=group.late_s),
        remedies=_remedies(),
        change=Change(links=freed(group.queued)),
        spared_s=spared.last_s if spared else 0.0,
        worth=relief.hurts_those(run, group, spared),
    )


def _words(group: Contended, site: Site) -> Words:
    tasks = len({one.task for one in group.queued})
    holders = len({one.holder for one in group.queued})
    held = sum(group.held.values())
    mean = group.late_s / len(group.queued)
    return Words(
        headline=f"{queue(tasks)} for one lock"
        if len(group.primitives) == 1
        else f"{queue(tasks)} for {len(group.primitives)} locks made at one place",
        label=f"the lock was held here for {seconds(held)} while others wanted it",
        message=(
            f"{queue(tasks)} for a `{group.kind}`, {seconds(mean)} on average, while {holders} others held "
            f"it and awaited in line {site.line}."
        ),
    )


def _remedies() -> tuple[Remedy, ...]:
    return (
        Remedy(
            "await before or after the lock and keep in it only what must not be interrupted, or take one lock "
            "for each thing that it protects; first find out what that is (a connection, a token, an order)",
            Safety.SKETCH,
        ),
    )
