"""`offload-overhead`: sent to a thread for less work than the sending costs."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.lookup import union
from asyncwhy.analysis.timeline import Floats
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.worth import LEAST_S, LEAST_SHARE
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "offload-overhead"

#: Fewer jobs than this of one line cost less than anybody notices: a hop is 0.02 to 0.1 ms.
FEWEST = 50
#: A job that runs for less than this holds a loop for no longer than two hops cost it.
TINY_S = 0.0002
#: A job that runs for longer than this is worth a hop; when more than this share of a line's jobs do, the
#: rare slow ones are the reason for the others' hops too.  Threads wait up to 5 ms for the GIL now and then.
LONG_S = 0.010
LONG_SHARE = 0.005
#: A job in another process that is there and back within this ran for less: its start is not seen from here.
TRIP_S = 0.001
#: The loop's own part in handing a job over takes up to this; what its step did before is the program's.
ASK_S = 0.0001
#: Handing over keeps the loop itself when its steps fill this share of the time.
LOOP_BOUND = 0.5
#: From a job's end until the loop has taken it up: what is later than this is the loop's own business.
BACK_S = 0.0005


def find(run: Run) -> list[Draft]:
    """Jobs by the line that submitted them: how long they ran, how long it took to get there and back."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        by_line: dict[tuple[str, int], list[int]] = defaultdict(list)
        places: dict[tuple[int, int], tuple[Site, tuple[Site, ...]] | None] = {}
        for index, job in enumerate(facts.jobs):
            if job.end is None or (job.start is None and not _is_process(facts, job)):
                continue
            key = (job.stack, job.task)
            if key not in places:
                places[key] = _place(facts, index)
            place = places[key]
            if place is not None:
                by_line[place[0].file, place[0].line].append(index)
        for indices in by_line.values():
            draft = _draft(run, facts, indices)
            if draft is not None:
                made.append(draft)
    return made


def _place(facts: ProcessFacts, index: int) -> tuple[Site, tuple[Site, ...]] | None:
    """The user's line; a library that offers `async def` and hops beneath has it in the job's task."""
    stack = facts.job_stack(facts.jobs[index])
    at = facts.origins.user_index(stack)
    return None if at is None else (stack[at], stack[at:])


def _draft(run: Run, facts: ProcessFacts, indices: list[int]) -> Draft | None:
    if len(indices) < FEWEST:
        return None
    jobs = [facts.jobs[index] for index in indices]
    elsewhere = _is_process(facts, jobs[0])
    ran = np.array([job.run_s for job in jobs])
    whole = np.array([(job.end or 0.0) - job.submitted for job in jobs]) if elsewhere else ran
    if float(np.median(whole)) > (TRIP_S if elsewhere else TINY_S):
        return None
    if float((whole > LONG_S).mean()) > LONG_SHARE:
        return None
    hops = _hops(facts, jobs)
    under_way = union(hops)
    worked = union(np.array([(job.start or job.end, job.end) for job in jobs], dtype=np.float64))
    cost = under_way - worked
    if cost <= float(ran.sum()):
        return None
    place = _place(facts, indices[0])
    assert place is not None
    site, stack = place
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    name = call.qualified if call is not None else "the pool"
    related = (
        *_runs(facts, jobs, "in another process" if elsewhere else f"for {seconds(float(np.median(ran)))}"),
        *called_from(run, facts, stack),
    )
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_processes(name, hops, cost) if elsewhere else _words(name, ran, hops, cost),
        count=len(jobs),
        cost_s=cost,
        call=name,
        operation="pool",
        stack=stack,
        related=related,
        effects=Effects(threads=len({job.worker for job in jobs if job.worker})),
        remedies=_remedies(run, facts, jobs[0]),
        saved_s=_saved(facts, jobs, cost),
        worth=cost >= max(LEAST_S, LEAST_SHARE * run.facts.wall_s),
        thread=jobs[0].submitter,
        spans=_on_loop(facts, jobs, cost),
    )


def _hops(facts: ProcessFacts, jobs: list[Job]) -> Floats:
    """From when the loop began to hand each job over until it went on after it."""
    line = facts.line
    steps = {thread: np.flatnonzero(line.thread == thread) for thread in line.loop_threads()}
    begun = {thread: line.start[own] for thread, own in steps.items()}
    made = []
    for job in jobs:
        start, end = job.submitted, job.end or 0.0
        own = begun.get(job.submitter)
        if own is not None and len(own):
            at, before = int(np.searchsorted(own, end)), int(np.searchsorted(own, start, "right")) - 1
            start = max(float(own[before]) if before >= 0 else start, start - ASK_S)
            end = min(float(own[at]) if at < len(own) else end, end + BACK_S)
        made.append((start, end))
    return np.array(made, dtype=np.float64)


def _saved(facts: ProcessFacts, jobs: list[Job], cost: float) -> float:
    """What calling directly saves: the hops, but no more than the tasks that hop were behind all others at
    the end.  The replay takes short steps together and does not see hops."""
    line = facts.line
    hopping: set[int] = set()
    for job in jobs:
        task = job.task
        while task and task not in hopping:
            hopping.add(task)
            task = line.tasks[task].parent if task in line.tasks else 0
    over = max(job.end or 0.0 for job in jobs)
    others = [task.number for task in line.tasks.values() if task.created < over]
    own = line.end[np.isin(line.ref, list(hopping))]
    rest = line.end[np.isin(line.ref, [number for number in others if number not in hopping])]
    if not len(own):
        return 0.0
    last = float(rest.max()) if len(rest) else 0.0
    return max(min(cost, float(own.max()) - max(last, min(job.submitted for job in jobs))), 0.0)


def _on_loop(facts: ProcessFacts, jobs: list[Job], cost: float) -> list[tuple[float, float]]:
    """The burst as one stretch of the loop, where handing over kept the loop for most of it."""
    line = facts.line
    (thread,) = {job.submitter for job in jobs} if len({job.submitter for job in jobs}) == 1 else (0,)
    since, until = min(job.submitted for job in jobs), max(job.end or 0.0 for job in jobs)
    mine = (line.thread == thread) & (line.start >= since - ASK_S) & (line.end <= until)
    busy = float((line.end - line.start)[mine].sum())
    return [(since, until)] if busy > LOOP_BOUND * (until - since) and busy > LOOP_BOUND * cost else []


def _words(name: str, ran: Floats, hops: Floats, cost: float) -> Words:
    count = len(ran)
    lengths = hops[:, 1] - hops[:, 0]
    work = float(np.median(ran))
    each = f"{work * 1e6:.0f} µs" if work < 1e-3 else seconds(work)
    if float(lengths.sum()) < 1.5 * union(hops):
        low, high = np.percentile(lengths - ran, (10, 90)) * 1e6
        took = f"{low:.0f} to {high:.0f} µs each"
    else:
        took = f"{cost / count * 1e6:.0f} µs each on average"
    return Words(
        headline=f"{count:,} jobs of about {each} each are sent to a thread",
        label=f"{seconds(cost)} for sending, {seconds(float(ran.sum()))} of work",
        message=(
            f"`{name}` sent {count:,} jobs to a thread that ran for about {each}; getting there and back took "
            f"{took}, {seconds(cost)} in all, for {seconds(float(ran.sum()))} of work. "
            f"The longest job ran for {seconds(float(ran.max()))}."
        ),
    )


def _runs(facts: ProcessFacts, jobs: list[Job], note: str) -> tuple[Related, ...]:
    """The user's function that all of them ran."""
    code = facts.process.places.get(jobs[0].code)
    if len({job.code for job in jobs}) > 1 or code is None or not facts.origins.is_user(code.site):
        return ()
    return (Related("runs", code.site, note),)


def _is_process(facts: ProcessFacts, job: Job) -> bool:
    pool = facts.pools.get(job.pool)
    return pool is not None and pool.is_processes


def _processes(name: str, hops: Floats, cost: float) -> Words:
    count = len(hops)
    trip = f"{float(np.median(hops[:, 1] - hops[:, 0])) * 1e6:.0f} µs"
    return Words(
        headline=f"{count:,} jobs are sent to a process and are back within {trip}",
        label=f"{seconds(cost)} for {count:,} round trips, {trip} each",
        message=(
            f"`{name}` sent {count:,} jobs to another process, arguments and results pickled and piped; each was "
            f"there and back in {trip}, {seconds(cost)} in all, so what it computes takes less than that."
        ),
    )


def _remedies(run: Run, facts: ProcessFacts, job: Job) -> tuple[Remedy, ...]:
    offload = run.catalog.offload_of_stack((site.file, site.function) for site in facts.job_stack(job))
    if offload is not None and offload.direct:
        return (Remedy(offload.direct, Safety.CHANGES_BEHAVIOUR),)
    return (
        Remedy(
            "call it directly, as long as it stays this short (a cold disk or a network may make it slow)",
            Safety.CHANGES_BEHAVIOUR,
        ),
        Remedy("or send many at once: one job for the whole file, query or list", Safety.SKETCH),
    )
