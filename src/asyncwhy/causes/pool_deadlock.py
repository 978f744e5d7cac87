"""`pool-deadlock`: jobs of a pool wait for jobs that are queued in the same pool."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.deadlocks import Deadlock
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.lookup import union
from asyncwhy.analysis.stuck import stopped_at
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.senders import sender
from asyncwhy.causes.worth import LEAST_S
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "pool-deadlock"

#: A deadlock that was still there this close to the end, or to when the program was stopped, never ended.
TO_THE_END_S = 0.1


def find(run: Run) -> list[Draft]:
    """Deadlocks, gathered by the pools that are in them."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        by_pools: dict[frozenset[int], list[Deadlock]] = defaultdict(list)
        for one in facts.deadlocks:
            by_pools[one.pools].append(one)
        for pools, found in by_pools.items():
            draft = _draft(run, facts, pools, found)
            if draft is not None:
                made.append(draft)
    return made


def _draft(run: Run, facts: ProcessFacts, pools: frozenset[int], found: list[Deadlock]) -> Draft | None:
    places = _waiting_lines(facts, found)
    latest = stopped_at(facts.line, run.facts.endless)
    spans = [(one.start, min(one.end, latest)) for one in found if min(one.end, latest) > one.start]
    if not places or not spans:
        return None
    site, stack = places[0]
    held = set().union(*(one.held for one in found))
    queued = set().union(*(one.queued for one in found))
    for_ever = max(end for _, end in spans) >= latest - TO_THE_END_S and (
        run.facts.endless or any(facts.jobs[index].end is None for index in held)
    )
    cost = union(np.array(spans))
    if cost < LEAST_S and not for_ever:
        return None
    inner = sorted((facts.jobs[index] for index in queued), key=lambda job: job.submitted)
    submitted = _line_of(run, facts, inner[0])
    related = [Related("also waits here", other) for other, _ in places[1:3]]
    if submitted is not None and submitted != site:
        related.append(Related("queued behind it", submitted, f"sent {_jobs(len(queued))} to the same pool"))
    related.extend(_limits(facts, pools))
    related.extend(called_from(run, facts, stack))
    call = run.source.call_at(
        site.file, site.line, site.column or None, None, site.end_column, callee_hint="result"
    )
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(facts, pools, queued, cost, for_ever),
        count=len(held),
        cost_s=cost,
        call=call.qualified if call is not None else "Future.result",
        operation="pool",
        stack=stack,
        related=tuple(related),
        effects=Effects(threads=len(held), lost=len(queued) if for_ever else 0),
        worth=True,
        remedies=_remedies(sum(facts.jobs[index].start is None for index in queued)),
        change=None if for_ever else _called_directly(facts, found),
    )


def _waiting_lines(facts: ProcessFacts, found: list[Deadlock]) -> list[tuple[Site, tuple[Site, ...]]]:
    """The user's lines at which the workers stood, the commonest first."""
    lines: Counter[tuple[str, int]] = Counter()
    where: dict[tuple[str, int], tuple[Site, tuple[Site, ...]]] = {}
    for one in found:
        for wait in one.waits:
            stack = facts.stack(wait.stack)
            index = facts.origins.user_index(stack)
            if index is not None:
                key = (stack[index].file, stack[index].line)
                lines[key] += 1
                where.setdefault(key, (stack[index], stack[index:]))
    return [where[key] for key, _ in lines.most_common()]


def _line_of(run: Run, facts: ProcessFacts, job: Job) -> Site | None:
    one = sender(run, facts, job)
    return one.site if one is not None else None


def _limits(facts: ProcessFacts, pools: frozenset[int]) -> list[Related]:
    """Where the pools were made; a default executor is nobody's line."""
    made = []
    for number in sorted(pools):
        pool = facts.pools[number]
        stack = facts.stack(pool.stack)
        site = facts.origins.user_site(stack)
        if site is not None and not any(one.function.endswith("run_in_executor") for one in stack):
            made.append(Related("limit set", site, f"{pool.workers} workers"))
    return made


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"


def _words(
    facts: ProcessFacts,
    pools: frozenset[int],
    queued: set[int],
    cost: float,
    for_ever: bool,
) -> Words:
    workers = sum(facts.pools[number].workers for number in pools)
    whose = "jobs of their own pool" if len(pools) == 1 else "jobs of each other's pools"
    whole = f"all {workers} workers" if workers > 1 else "the only worker"
    verb = "wait" if workers > 1 else "waits"
    if workers == 1:
        whose = "a job of its own pool"
    ending = "until the program was stopped" if for_ever else "until somebody gave up waiting"
    never = "can never start" if for_ever else "could not start meanwhile"
    return Words(
        headline=f"{whole} {verb} for {whose}",
        label=f"nobody was left to run what this waits for: {seconds(cost)}",
        message=(
            f"{whole[0].upper()}{whole[1:]} of the pool {verb} here for {whose}: {_jobs(len(queued))} queued behind "
            f"{'them' if workers > 1 else 'it'} {never}. The pool stood still for {seconds(cost)}, {ending}."
        ),
    )


def _called_directly(facts: ProcessFacts, found: list[Deadlock]) -> Change:
    """Each worker runs what it waited for itself: its wait goes, the inner jobs' time comes; and so does the wait of
    a task that was to fetch an inner job's result and gave up."""
    change = Change()
    nodes = facts.nodes
    for one in found:
        inner = [facts.jobs[index].run_s for index in one.queued]
        share = sum(inner) / len(one.held)
        for index in one.held:
            job = facts.jobs[index]
            waited = min(one.end - one.start, job.run_s)
            change.lengths[index] = max(change.lengths.get(index, job.run_s) - waited, 0.0) + share
        change.inline.update(dict.fromkeys(one.queued - one.held, 0.0))
        for index in one.queued:
            job = facts.jobs[index]
            if job.end is None and job.task:
                own = np.flatnonzero((nodes.ref == job.task) & (nodes.start > job.submitted))[:1]
                change.earlier.update(
                    (node, float(nodes.delay[node])) for node in own[nodes.delay[own] > 0].tolist()
                )
    return change


def _remedies(never_ran: int) -> tuple[Remedy, ...]:
    unknown = f" ({_jobs(never_ran)} never ran: how long that takes is not known, and not counted)"
    direct = (
        "do not wait inside a worker: call the inner work directly, or let the loop await both jobs in turn"
    )
    return (
        Remedy(direct + (unknown if never_ran else ""), Safety.CHANGES_BEHAVIOUR),
        Remedy(
            "or give the inner jobs a pool of their own; a larger pool only hangs later, under more load",
            Safety.SKETCH,
        ),
    )
