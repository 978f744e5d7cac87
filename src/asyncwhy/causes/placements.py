"""Which threads ran what, and who sent it there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.timeline import Ints, ThreadFact
from asyncwhy.catalog import Offload
from asyncwhy.causes.draft import Run
from asyncwhy.causes.origin import maker_of
from asyncwhy.model import Handoff, Placement, Role, Site
from asyncwhy.trace.reader import Place

#: They decide by themselves what runs in a thread: a user's line farther out (a middleware) sent nothing.
FRAMEWORKS = frozenset(("aiohttp", "Django", "FastAPI", "Starlette"))
#: Rows of the answer; the rest would not be read.
MOST = 60


@dataclass
class _Ran:
    threads: dict[str, None] = field(default_factory=dict)
    count: int = 0
    run_s: float = 0.0


def placements(run: Run) -> tuple[Placement, ...]:
    """Every coroutine that ran as a task, every job and every thread's target; most time first."""
    made: list[Placement] = []
    for facts in run.facts.processes:
        made.extend(_tasks(run, facts))
        made.extend(_jobs(run, facts))
        made.extend(_threads(run, facts))
    return tuple(sorted(made, key=lambda one: -one.run_s)[:MOST])


def _tasks(run: Run, facts: ProcessFacts) -> list[Placement]:
    line = facts.line
    steps = line.is_task
    lengths = np.bincount(line.ref[steps], (line.end - line.start)[steps])
    ran_any = np.flatnonzero((line.tasks.code >= 0) & (line.tasks.number < len(lengths)))
    groups: dict[tuple[Site, str, tuple[Site, ...]], _Ran] = defaultdict(_Ran)
    places: dict[tuple[Site, str, tuple[Site, ...]], tuple[Place, int]] = {}  # and the thread
    senders: dict[int, tuple[Site, ...]] = {}
    for rows in _alike(ran_any, line.tasks.code * (1 << 16) + line.tasks.thread):
        place, thread = line.code_of(int(line.tasks.code[rows[0]])), int(line.tasks.thread[rows[0]])
        if place is None or facts.origins.of(place.site.file) is Origin.STANDARD:
            continue
        if thread not in senders:
            senders[thread] = _sending(facts, thread)
        sent = senders[thread]
        key = (place.site, line.thread_name(thread) if not sent else "", sent)
        ran = groups[key]
        ran.threads[line.thread_name(thread)] = None
        ran.count += len(rows)
        ran.run_s += float(lengths[line.tasks.number[rows]].sum())
        places.setdefault(key, (place, thread))
    return [_task_placement(run, facts, *places[key], key[2], ran) for key, ran in groups.items()]


def _alike(rows: Ints, keys: Ints) -> list[Ints]:
    """The rows with the same key, in the order in which the keys come first."""
    order = rows[np.argsort(keys[rows], kind="stable")]
    parts = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(order) else []
    return sorted(parts, key=lambda part: int(part[0]))


def _task_placement(
    run: Run, facts: ProcessFacts, place: Place, thread: int, sites: tuple[Site, ...], ran: _Ran
) -> Placement:
    """A task runs where its loop does; on another thread than the main one somebody sent that loop there."""
    index = facts.origins.user_index(sites)
    sender = None if index is None else Handoff(sites[index], sites[index:])
    offload = run.catalog.offload_of_stack([(site.file, site.function) for site in sites])
    return Placement(
        function=place.site.function,
        file=place.site.file,
        line=place.first_line or place.site.line,
        threads=tuple(ran.threads),
        count=ran.count,
        run_s=ran.run_s,
        how=offload.call if sender and offload else _run_by(facts, thread),
        sent_by=sender,
        why="its event loop runs on that thread" if sender else "",
    )


def _run_by(facts: ProcessFacts, thread: int) -> str:
    """The call that runs the loop of a thread, by the name a person knows."""
    for loop in facts.line.loops:
        if loop.thread == thread:
            for site in facts.stack(loop.stack):
                maker = maker_of(site)
                if maker:
                    return maker
    return "the event loop"


def _sending(facts: ProcessFacts, thread: int) -> tuple[Site, ...]:
    """The stack that sent work to a thread: that of the submitter of a job that it ran, or of who started it."""
    for job in facts.jobs:
        if job.worker == thread:
            sites = facts.job_stack(job)
            if facts.origins.user_index(sites) is not None:
                return sites
    fact = facts.line.threads.get(thread)
    return facts.stack(fact.stack) if fact is not None else ()


def _jobs(run: Run, facts: ProcessFacts) -> list[Placement]:
    groups: dict[tuple[int, tuple[Site, ...]], list[Job]] = defaultdict(list)
    for job in facts.jobs:
        groups[job.code, facts.job_stack(job)].append(job)
    made = []
    for (code, sites), jobs in groups.items():
        place = facts.process.places.get(code)
        offload = run.catalog.offload_of_stack([(site.file, site.function) for site in sites])
        pool = facts.pools.get(jobs[0].pool)
        queued = [job for job in jobs if job.queued_s > 0.003]
        workers = dict.fromkeys(facts.line.thread_name(job.worker) for job in jobs if job.worker)
        if not workers and pool is not None and pool.is_processes:
            workers = dict.fromkeys(["a worker process"])
        ran = sum(job.run_s or (job.end or job.submitted) - job.submitted for job in jobs)
        made.append(
            Placement(
                function=place.site.function if place else "?",
                file=place.site.file if place else "",
                line=place.first_line if place else 0,
                threads=tuple(workers),
                count=sum(job.start is not None for job in jobs) or len(jobs),
                run_s=ran,
                how=offload.call if offload else "submit",
                sent_by=handoff(run, facts, sites, offload),
                why=offload.reason if offload else "it was submitted to a pool",
                queued=len(queued),
                queued_s=sum(job.queued_s for job in queued),
            )
        )
    return made


def _threads(run: Run, facts: ProcessFacts) -> list[Placement]:
    """Targets of threads that somebody other than a pool started."""
    from asyncwhy.causes.summary import threads

    roles = {thread.os_id: thread.role for thread in threads(run.facts) if thread.process == facts.pid}
    workers = {job.worker for job in facts.jobs}
    alike: dict[tuple[Site, int], list[ThreadFact]] = defaultdict(list)
    for fact in facts.line.threads.values():
        if fact.target is None or fact.number in workers:
            continue
        if roles.get(fact.os_id) not in (Role.POOL_WORKER, Role.RUNTIME):
            alike[fact.target.site, fact.stack].append(fact)
    return [_thread_placement(run, facts, own) for own in alike.values()]


def _thread_placement(run: Run, facts: ProcessFacts, own: list[ThreadFact]) -> Placement:
    """Threads of one target that one line started."""
    sites = facts.stack(own[0].stack)
    offload = run.catalog.offload_of_stack([(site.file, site.function) for site in sites])
    target = own[0].target
    assert target is not None
    return Placement(
        function=target.site.function,
        file=target.site.file,
        line=target.first_line or target.site.line,
        threads=tuple(dict.fromkeys(fact.name for fact in own)),
        count=len(own),
        run_s=sum((fact.end or facts.line.ended) - fact.begun for fact in own),
        how=offload.call if offload else "threading.Thread.start",
        sent_by=handoff(run, facts, sites, offload),
        why=_why_a_thread(facts, sites, offload),
    )


def handoff(
    run: Run, facts: ProcessFacts, sites: tuple[Site, ...], offload: Offload | None
) -> Handoff | None:
    """The line that sent work elsewhere: the user's own, unless a framework decided."""
    index = facts.origins.user_index(sites)
    if index is None:
        return None
    known = [
        place
        for place, site in enumerate(sites)
        if run.catalog.offload_of(site.file, site.function) == offload
    ]
    if offload is not None and known:
        named = sites[known[0]].file
        decided = offload.by in FRAMEWORKS and any(
            site.file != named and facts.origins.package(site.file) for site in sites[known[0] : index]
        )
        if decided or (facts.origins.package(named) and not facts.origins.is_user(sites[index])):
            index = known[0]
    return Handoff(sites[index], sites[index:])


def _why_a_thread(facts: ProcessFacts, sites: tuple[Site, ...], offload: Offload | None) -> str:
    starter = next((site for site in sites if facts.origins.of(site.file) is not Origin.STANDARD), None)
    library = facts.origins.package(starter.file) if starter else None
    if library and (offload is None or offload.level == 0):
        return f"`{library}` starts a thread of its own for it"
    return offload.reason if offload else "a thread was started for it"
