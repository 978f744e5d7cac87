"""`pool-saturated`: jobs queue for workers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.crowding import delayed
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.lookup import union
from asyncwhy.causes import gil_bound_threads, sizing
from asyncwhy.causes.abandoned import abandoned
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import merged
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.queueing import SMALL
from asyncwhy.causes.seconds import jobs as counted
from asyncwhy.causes.seconds import queues, seconds, workers
from asyncwhy.causes.senders import Sender, name_at, sender
from asyncwhy.causes.thread_queues import share_of_jobs
from asyncwhy.model import Effects, Related, Remedy, Safety, Victim

SLUG = "pool-saturated"

#: A job that waited for less than this for a worker (3 ms) hurt nobody.
QUEUED_S = 0.003
#: When a job of libuv's began is reckoned, not seen: what they queue on average must be longer than a busy machine may
#: keep one of its threads from a core (ten files written at once queued for 5 ms each there, and for nothing otherwise).
RECKONED_S = 0.010
#: Jobs that use the CPU for more than this share of their run gain nothing from more threads...
COMPUTING = 0.5
#: ...nor do those that together keep a core busy, the only one that there is under a GIL, for this share of the time.
FULL_CORE = 0.8
#: In a server, where whoever asked waits, jobs of a line must queue for this share of the time that they run.
NOTABLE = 0.25
#: More workers than this are never proposed.
MOST_WORKERS = 64


@dataclass
class Queue:
    """The jobs of one pool, or of several that one line made; `queued` are those that waited for a worker."""

    facts: ProcessFacts
    pools: list[Pool]
    indices: list[int]
    queued: list[Job]

    @property
    def jobs(self) -> list[Job]:
        """All of its jobs."""
        return [self.facts.jobs[index] for index in self.indices]

    @property
    def pool(self) -> Pool:
        """One of its pools: they are alike."""
        return self.pools[0]


@dataclass
class Line:
    """What one line sent to a queue: its jobs, for how long they kept workers while others queued, and those of
    them that queued."""

    sender: Sender
    jobs: list[Job] = field(default_factory=list)
    queued: list[Job] = field(default_factory=list)
    filled_s: float = 0.0

    @property
    def queued_s(self) -> float:
        """Seconds that its jobs queued, summed."""
        return sum(job.queued_s for job in self.queued)

    @property
    def notable(self) -> bool:
        """Whether they queued for a good part of the time that they ran."""
        return self.queued_s >= NOTABLE * sum(job.run_s for job in self.jobs)


def find(run: Run) -> list[Draft]:
    """Pools in which jobs that wait (not compute) stood in a queue, and workers for which the end of the program did."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        drafts = [_draft(run, queue) for queue in _queues(facts)]
        made.extend(draft for draft in drafts if draft is not None)
        told = {draft.site for draft in made}
        made.extend(draft for draft in abandoned(run, facts, SLUG) if draft.site not in told)
    return made


def demand(spans: list[tuple[float, float]]) -> int:
    """The most jobs that were submitted and not over at any one time."""
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def _queues(facts: ProcessFacts) -> list[Queue]:
    """The jobs by pool; pools that one line made for the same (one for each request) are one."""
    by_pool: dict[int, list[int]] = defaultdict(list)
    for index, job in enumerate(facts.jobs):
        by_pool[job.pool].append(index)
    made: dict[tuple[str, int, int], Queue] = {}
    for number, indices in by_pool.items():
        pool = facts.pools.get(number)
        if pool is None or pool.is_processes:
            continue
        key = (pool.kind, pool.workers, pool.stack or -number)
        queue = made.setdefault(key, Queue(facts, [], [], []))
        queue.pools.append(pool)
        queue.indices.extend(indices)
        own = (facts.jobs[index] for index in indices)
        queue.queued.extend(job for job in own if job.queued_s > QUEUED_S and not _deadlocked(facts, job))
    return list(made.values())


def _draft(run: Run, queue: Queue) -> Draft | None:
    facts, jobs = queue.facts, queue.jobs
    lost = (
        []
        if run.facts.endless
        else [job for job in jobs if job.start is None and not _deadlocked(facts, job)]
    )
    queued = queue.queued if len(queue.queued) >= len(lost) else lost
    if len(queued) < 2 or not sum(job.run_s for job in jobs) or _computes(run, queue):
        return None
    if queue.pool.is_libuv and sum(job.queued_s for job in queued) < RECKONED_S * len(queued):
        return None
    if share_of_jobs(run, facts, queue.indices) > NOTABLE:
        return None  # they wait for each other once they run: see serialised-by-lock, concurrency-limit
    more = _wanted(queue)
    if max(more.values()) <= queue.pool.workers:
        return None
    lines = _lines(run, queue, queued)
    if not lines:
        return None
    filling = max(lines, key=lambda line: line.filled_s)
    others = [line for line in lines if line is not filling and line.queued and line.notable]
    site, stack = filling.sender.site, filling.sender.stack
    cost = sum(job.queued_s for job in queued) if queued is not lost else None
    hurt = any(_hurts(run, facts, line) for line in lines)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(queue, filling, others, cost) if cost is not None else _given_up(queue, lost),
        count=len(queued),
        cost_s=cost,
        call=name_at(run, site, filling.sender.call),
        operation="pool",
        stack=stack,
        related=(*_made(queue), *filling.sender.related, *called_from(run, facts, stack)),
        victims=tuple(Victim(one.sender.site, len(one.queued), one.queued_s) for one in others),
        effects=Effects(threads=queue.pool.workers, lost=len(lost)),
        remedies=_remedies(run, queue, max(more.values()), filling if others else None, lost),
        sized_at=sizing.made_at(facts, queue.pool),
        wanted=max(more.values()),
        change=_change(queue, more),
        worth=len(lost) > 1 or hurt,
    )


def _wanted(queue: Queue) -> dict[int, int]:
    """How many workers the jobs of each pool would take: whoever waits for one sends the next only when it is back, so
    that with more workers there are more jobs."""
    facts, ended = queue.facts, queue.facts.line.ended
    times = [(job.submitted, job.end if job.end is not None else ended) for job in facts.jobs]
    made = _demands(queue, times)
    if max(made.values()) > queue.pool.workers and len(facts.nodes.start) <= SMALL:
        change = Change(workers={pool.number: MOST_WORKERS for pool in queue.pools})
        again = _demands(queue, facts.replayed(change).jobs)
        made = {number: max(most, again[number]) for number, most in made.items()}
    return {number: min(most, MOST_WORKERS) for number, most in made.items()}


def _demands(queue: Queue, times: list[tuple[float, float]]) -> dict[int, int]:
    spans: dict[int, list[tuple[float, float]]] = {pool.number: [] for pool in queue.pools}
    for index in queue.indices:
        spans[queue.facts.jobs[index].pool].append(times[index])
    return {number: demand(own) for number, own in spans.items()}


def _change(queue: Queue, more: dict[int, int]) -> Change:
    """More workers; those of libuv compute without a common lock, as far as there are cores."""
    jobs = queue.facts.jobs
    libuv = queue.indices if queue.pool.is_libuv else []
    return Change(
        workers=more, in_processes={index: jobs[index].cpu_s for index in libuv if jobs[index].cpu_s}
    )


def _computes(run: Run, queue: Queue) -> bool:
    """Whether a thread more would not make it quicker: see `gil-bound-threads`."""
    facts, jobs = queue.facts, queue.jobs
    if queue.pool.is_libuv:
        return False
    cpu, ran = sum(job.cpu_s for job in jobs), sum(job.run_s for job in jobs)
    if cpu + _for_a_core(facts, jobs) > COMPUTING * ran:
        return True
    spans = [(job.start, job.end) for job in jobs if job.start is not None and job.end is not None]
    cores = facts.cores if facts.process.meta.get("gil") is False else 1
    if cpu > FULL_CORE * cores * union(np.array(spans)):
        return True
    bound = gil_bound_threads.claimed(run, facts)
    return sum(facts.jobs[index].run_s for index in queue.indices if index in bound) > COMPUTING * ran


def _for_a_core(facts: ProcessFacts, jobs: list[Job]) -> float:
    """Seconds that the jobs stood in the system's run queue: they would have computed."""
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for job in jobs:
        spans[job.worker].append((job.start or job.submitted, job.end or job.submitted))
    return sum(delayed(facts, worker, np.array(own)) for worker, own in spans.items())


def _hurts(run: Run, facts: ProcessFacts, line: Line) -> bool:
    return line.notable and hurts_by_itself(run, facts, [job.task for job in line.queued], line.queued_s)


def _deadlocked(facts: ProcessFacts, job: Job) -> bool:
    """Whether it stood in the queue of a pool whose workers could not go on: that is `pool-deadlock`."""
    return any(
        job.pool in one.pools and job.submitted < one.end and one.start < (job.start or one.end)
        for one in facts.deadlocks
    )


def _lines(run: Run, queue: Queue, queued: list[Job]) -> list[Line]:
    """The lines that sent the jobs, each with what it kept the workers for while jobs queued."""
    facts = queue.facts
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for job in queued:
        spans[job.pool].append((job.submitted, job.start or job.end or facts.line.ended))
    waiting = {number: Held(merged(own)) for number, own in spans.items()}
    made: dict[tuple[str, int], Line] = {}
    stood = {job.number for job in queued}
    for job in queue.jobs:
        one = sender(run, facts, job)
        if one is None:
            continue
        line = made.setdefault((one.site.file, one.site.line), Line(one))
        line.jobs.append(job)
        if job.number in stood:
            line.queued.append(job)
        if job.pool in waiting and job.start is not None:
            until = job.end if job.end is not None else facts.line.ended
            line.filled_s += waiting[job.pool].inside(np.array([(job.start, max(until, job.start))]))
    return list(made.values())


def _made(queue: Queue) -> tuple[Related, ...]:
    """Where the limit was set; a default executor is nobody's line."""
    facts, pool = queue.facts, queue.pool
    if sizing.is_default(facts, pool):
        return ()
    site = facts.origins.user_site(facts.stack(pool.stack))
    return () if site is None else (Related("limit set", site, workers(pool.workers)),)


def _words(queue: Queue, filling: Line, others: list[Line], cost: float) -> Words:
    pool, jobs, queued = queue.pool, queue.jobs, queue.queued
    name = f"the pool `{pool.name}`" if pool.name else "the pool"
    if len(queue.pools) > 1:
        name = f"{len(queue.pools)} pools alike"
    kept, mean = sum(job.run_s for job in filling.jobs), seconds(cost / len(queued))
    label = f"{len(queued)} of {len(jobs)} jobs waited {mean} on average for a worker"
    message = (
        f"{len(jobs)} jobs were sent to {name} of {workers(pool.workers)}: {len(queued)} stood in its queue, "
        f"{mean} on average, to run for {seconds(sum(job.run_s for job in jobs) / len(jobs))}."
    )
    if others:
        label = (
            f"its {len(filling.jobs)} jobs kept the {workers(pool.workers)} for {seconds(kept)}, and {label}"
        )
        late = sum(len(line.queued) for line in others)
        message += (
            f" What this line sends kept the workers for {seconds(kept)}, "
            f"and {counted(late)} that other lines sent waited for it."
        )
    return Words(f"{queues(len(queued), 'job')} for {workers(pool.workers)}", label, message)


def _given_up(queue: Queue, lost: list[Job]) -> Words:
    """Of jobs that were cancelled (a timeout, a shutdown) before a worker was free for them."""
    jobs, count = queue.jobs, workers(queue.pool.workers)
    longest = seconds(max(job.run_s for job in jobs))
    return Words(
        headline=f"{len(lost)} jobs never ran: they queued for {count} until they were given up",
        label=f"{len(lost)} of {len(jobs)} jobs were cancelled in the queue; the others ran up to {longest} each",
        message=(
            f"{len(jobs)} jobs were sent to a pool of {count}, and {len(lost)} were cancelled before one "
            f"was free: a timeout ends the waiting and not the job, which keeps its worker, up to {longest} here."
        ),
    )


def _remedies(run: Run, queue: Queue, most: int, filling: Line | None, lost: list[Job]) -> tuple[Remedy, ...]:
    """Ways out: `filling` is what keeps the workers from the jobs of other lines."""
    ends = "give the call itself a time limit (most clients take a timeout), so that its worker comes free"
    larger = sizing.more_workers(
        run, queue.facts, queue.pool, queue.queued[0] if queue.queued else lost[0], most
    )
    made = [Remedy(ends, Safety.SKETCH)] if lost else []
    made.append(
        Remedy(
            f"{larger}; first make sure that what the jobs call can take as many at once",
            Safety.CHANGES_BEHAVIOUR,
        )
    )
    if filling is not None and not queue.pool.is_libuv:
        apart = "a limiter" if queue.pool.is_limiter else "a pool"
        title = (
            f"or give what this line sends {apart} of its own, so that what is short need not queue behind it"
        )
        made.append(Remedy(title, Safety.SKETCH))
    return tuple(made)
