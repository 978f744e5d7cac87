"""`pool-saturated`: jobs queue for workers."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.crowding import delayed
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.causes import sizing
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "pool-saturated"

#: A job that starts within this of its submission found a worker free; starting a thread takes 0.1 ms here,
#: and a busy machine may take its time to run it.
QUEUED_S = 0.003
#: Jobs that use the CPU for more than this share of their run gain nothing from more threads.
COMPUTING = 0.5
#: In a server, where whoever asked waits, jobs must queue for this share of the time that they run.
NOTABLE = 0.25
#: More workers than this are never proposed.
MOST_WORKERS = 64


def find(run: Run) -> list[Draft]:
    """Pools in which jobs that wait (not compute) stood in a queue."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        by_pool: dict[int, list[int]] = defaultdict(list)
        for index, job in enumerate(facts.jobs):
            by_pool[job.pool].append(index)
        for number, indices in by_pool.items():
            pool = facts.pools.get(number)
            if pool is not None:
                draft = _draft(run, facts, pool, indices)
                if draft is not None:
                    made.append(draft)
    return made


def demand(jobs: list[Job]) -> int:
    """The most jobs that were submitted and not over at any one time."""
    edges = sorted(
        [(job.submitted, 1) for job in jobs] + [(job.end, -1) for job in jobs if job.end is not None]
    )
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def _draft(run: Run, facts: ProcessFacts, pool: Pool, indices: list[int]) -> Draft | None:
    jobs = [facts.jobs[index] for index in indices]
    lost = (
        []
        if run.facts.endless
        else [job for job in jobs if job.start is None and not _deadlocked(facts, job)]
    )
    queued = [job for job in jobs if job.queued_s > QUEUED_S and not _deadlocked(facts, job)]
    queued = queued if len(queued) >= len(lost) else lost
    ran = sum(job.run_s for job in jobs)
    if len(queued) < 2 or not ran or pool.is_processes:
        return None
    if sum(job.cpu_s for job in jobs) + _for_a_core(facts, jobs) > COMPUTING * ran:
        if not pool.is_libuv:
            return None  # a thread more would not make it quicker: see gil-bound-threads
    wanted = demand(jobs)
    if wanted <= pool.workers:
        return None  # the queue was a thread's start, not a lack of workers
    line = _function_sent(facts, queued) or _submit_line(facts, queued)
    if line is None:
        return None
    site, stack = line
    cost = sum(job.queued_s for job in queued) if queued is not lost else None
    workers = min(wanted, MOST_WORKERS)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(pool, jobs, queued, cost) if cost is not None else _given_up(pool, jobs, lost),
        count=len(queued),
        cost_s=cost,
        call=_call(run, site),
        operation="pool",
        stack=stack,
        related=(*_made(facts, pool), *called_from(run, facts, stack)),
        effects=Effects(threads=pool.workers, lost=len(lost)),
        remedies=_remedies(sizing.more_workers(run, facts, pool, queued[0], workers), lost),
        sized_at=sizing.made_at(facts, pool),
        wanted=workers,
        change=_change(facts, pool, indices, workers),
        worth=len(lost) > 1 or _hurts(run, facts, queued, ran),
    )


def _change(facts: ProcessFacts, pool: Pool, indices: list[int], workers: int) -> Change:
    """More workers; those of libuv compute without a common lock, as far as there are cores."""
    computing = {
        index: facts.jobs[index].cpu_s for index in indices if pool.is_libuv and facts.jobs[index].cpu_s
    }
    return Change(workers={pool.number: workers}, in_processes=computing)


def _hurts(run: Run, facts: ProcessFacts, queued: list[Job], ran: float) -> bool:
    cost = sum(job.queued_s for job in queued)
    return cost >= NOTABLE * ran and hurts_by_itself(run, facts, [job.task for job in queued], cost)


def _for_a_core(facts: ProcessFacts, jobs: list[Job]) -> float:
    """Seconds that the jobs stood in the system's run queue: they would have computed."""
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for job in jobs:
        spans[job.worker].append((job.start or job.submitted, job.end or job.submitted))
    return sum(delayed(facts, worker, np.array(own)) for worker, own in spans.items())


def _deadlocked(facts: ProcessFacts, job: Job) -> bool:
    """Whether it stood in the queue of a pool whose workers could not go on: that is `pool-deadlock`."""
    return any(
        job.pool in one.pools and job.submitted < one.end and one.start < (job.start or one.end)
        for one in facts.deadlocks
    )


def _function_sent(facts: ProcessFacts, jobs: list[Job]) -> tuple[Site, tuple[Site, ...]] | None:
    """The user's function that a framework sent on its own (a `def` endpoint), with most of what queued."""
    weight: dict[int, float] = defaultdict(float)
    for job in jobs:
        if any(facts.origins.is_user(site) for site in facts.job_stack(job)):
            return None
        weight[job.code] += job.queued_s
    code = facts.process.places.get(max(weight, key=lambda one: weight[one]))
    return (code.site, (code.site,)) if code is not None and facts.origins.is_user(code.site) else None


def _submit_line(facts: ProcessFacts, jobs: list[Job]) -> tuple[Site, tuple[Site, ...]] | None:
    """The user's line that submitted most of what queued."""
    weight: dict[tuple[int, int], float] = defaultdict(float)
    for job in jobs:
        weight[job.stack, job.task if not _has_user(facts, job) else 0] += job.queued_s
    longest = max(jobs, key=lambda job: weight[job.stack, job.task if not _has_user(facts, job) else 0])
    stack = facts.job_stack(longest)
    index = facts.origins.user_index(stack)
    return None if index is None else (stack[index], stack[index:])


def _has_user(facts: ProcessFacts, job: Job) -> bool:
    return any(facts.origins.is_user(site) for site in facts.stack(job.stack))


def _call(run: Run, site: Site) -> str:
    if not site.column:  # a `def`
        return site.function
    call = run.source.call_at(site.file, site.line, site.column, None, site.end_column)
    return call.qualified if call is not None else "submit"


def _made(facts: ProcessFacts, pool: Pool) -> tuple[Related, ...]:
    """Where the limit was set; a default executor is nobody's line."""
    if sizing.is_default(facts, pool):
        return ()
    site = facts.origins.user_site(facts.stack(pool.stack))
    return (
        ()
        if site is None
        else (Related("limit set", site, f"{pool.workers} worker{'s' * (pool.workers != 1)}"),)
    )


def _words(pool: Pool, jobs: list[Job], queued: list[Job], cost: float) -> Words:
    name = {"": "the pool"}.get(pool.name, f"the pool `{pool.name}`")
    run_s = sum(job.run_s for job in jobs) / len(jobs)
    return Words(
        headline=f"{len(queued)} jobs queue for {pool.workers} workers",
        label=f"{len(queued)} of {len(jobs)} jobs waited {seconds(cost / len(queued))} on average for a worker",
        message=(
            f"{len(jobs)} jobs were sent to {name} of {pool.workers} workers: {len(queued)} stood in its queue, "
            f"{seconds(cost / len(queued))} on average, to run for {seconds(run_s)}."
        ),
    )


def _given_up(pool: Pool, jobs: list[Job], lost: list[Job]) -> Words:
    """Of jobs that were cancelled (a timeout, a shutdown) before a worker was free for them."""
    run_s = max(job.run_s for job in jobs)
    return Words(
        headline=f"{len(lost)} jobs never ran: they queued for {pool.workers} workers until they were given up",
        label=f"{len(lost)} of {len(jobs)} jobs were cancelled in the queue; the others ran up to {seconds(run_s)} each",
        message=(
            f"{len(jobs)} jobs were sent to a pool of {pool.workers} workers, and {len(lost)} were cancelled before one "
            f"was free: a timeout ends the waiting and not the job, which keeps its worker, up to {seconds(run_s)} here."
        ),
    )


def _remedies(larger: str, lost: list[Job]) -> tuple[Remedy, ...]:
    ends = "give the call itself a time limit (most clients take a timeout), so that its worker comes free"
    shorter = (Remedy(ends, Safety.SKETCH),) if lost else ()
    return (
        *shorter,
        Remedy(
            f"{larger}; first make sure that what the jobs call can take as many at once",
            Safety.CHANGES_BEHAVIOUR,
        ),
    )
