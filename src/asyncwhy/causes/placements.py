"""Which threads ran what, and who sent it there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.answers import answering
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.timeline import Ints, ThreadFact
from asyncwhy.catalog import Offload
from asyncwhy.causes.draft import Run
from asyncwhy.causes.hops import library_of
from asyncwhy.causes.inside import inside, thread_runs
from asyncwhy.causes.origin import maker_of
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.senders import Sender, definition, sender, sent_to, thread_sender
from asyncwhy.model import Handoff, Placement, Role, Site

#: Less than this before the first job of a process (10 ms) is no start worth a word: it is forked.
STARTED_S = 0.01
#: Rows of the answer; the rest would not be read.
MOST = 60


@dataclass
class _Ran:
    site: Site
    line: int
    thread: int  # the first of them
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
    steps = np.flatnonzero(line.is_task)
    lengths = np.bincount(line.ref[steps], (line.end - line.start)[steps])
    ran_any = np.flatnonzero((line.tasks.code >= 0) & (line.tasks.number < len(lengths)))
    on = _threads_of(facts, ran_any, len(lengths))
    inner = inside(run, facts)
    groups: dict[tuple[Site, str, Handoff | None], _Ran] = {}
    sent: dict[int, tuple[Handoff | None, Offload | None]] = {}
    for rows in _alike(line.tasks.code[ran_any] * (1 << 16) + on):
        place, thread = line.code_of(int(line.tasks.code[ran_any[rows[0]]])), int(on[rows[0]])
        if place is None or facts.origins.of(place.site.file) is Origin.STANDARD:
            continue
        if thread not in sent:
            sent[thread] = sent_to(run, facts, thread, _first_loop(facts, thread))
        handoff = sent[thread][0]
        for own, site in _split(line.tasks.number[ran_any[rows]], inner, place.site):
            first = definition(run, site).line if site is not place.site else place.first_line or site.line
            key = (site, line.thread_name(thread) if handoff is None else "", handoff)
            ran = groups.setdefault(key, _Ran(site, first, thread))
            ran.threads[line.thread_name(thread)] = None
            ran.count += len(own)
            ran.run_s += float(lengths[own].sum())
    return [_task_placement(facts, ran, *sent[ran.thread]) for ran in groups.values()]


def _threads_of(facts: ProcessFacts, rows: Ints, count: int) -> Ints:
    """The thread of each task's first step; who made it may have been on another one."""
    line = facts.line
    steps = np.flatnonzero(line.is_task)
    threads = np.zeros(count, np.int64)
    threads[line.ref[steps][::-1]] = line.thread[steps][::-1]
    found = threads[line.tasks.number[rows]]
    return np.where(found > 0, found, line.tasks.thread[rows])


def _split(tasks: Ints, inner: dict[int, Site], site: Site) -> list[tuple[Ints, Site]]:
    """Tasks of one coroutine by the user's function that they ran, if it is a library's."""
    by_site: dict[Site, list[int]] = defaultdict(list)
    for task in tasks.tolist() if inner else ():
        if task in inner:
            by_site[inner[task]].append(task)
    rest = tasks[~np.isin(tasks, [task for own in by_site.values() for task in own])]
    made = [(np.array(own), function) for function, own in by_site.items()]
    return [*made, (rest, site)] if len(rest) else made


def _first_loop(facts: ProcessFacts, thread: int) -> float:
    return next((loop.start for loop in facts.line.loops if loop.thread == thread), facts.line.ended)


def _alike(keys: Ints) -> list[Ints]:
    """The places of each key, in the order in which the keys come first."""
    order = np.argsort(keys, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(order) else []
    return sorted(parts, key=lambda part: int(part[0]))


def _task_placement(
    facts: ProcessFacts, ran: _Ran, handoff: Handoff | None, offload: Offload | None
) -> Placement:
    """A task runs where its loop does; on another thread than the main one somebody sent that loop there."""
    return Placement(
        function=ran.site.function,
        file=ran.site.file,
        line=ran.line,
        threads=tuple(ran.threads),
        count=ran.count,
        run_s=ran.run_s,
        how=offload.call if handoff and offload else _run_by(facts, ran.thread),
        sent_by=handoff,
        why="its event loop runs on that thread" if handoff else "",
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


def _jobs(run: Run, facts: ProcessFacts) -> list[Placement]:
    groups: dict[tuple[int, Handoff | None, str], list[Job]] = defaultdict(list)
    senders: dict[tuple[int, Handoff | None, str], Sender | None] = {}
    for job in facts.jobs:
        one = sender(run, facts, job)
        key = (
            job.code,
            one.handoff if one else None,
            facts.pools[job.pool].kind if job.pool in facts.pools else "",
        )
        groups[key].append(job)
        senders[key] = one
    return [_job_placement(facts, jobs, senders[key]) for key, jobs in groups.items()]


def _job_placement(facts: ProcessFacts, jobs: list[Job], one: Sender | None) -> Placement:
    """Jobs of one function that one line sent to pools of one kind."""
    place = facts.process.places.get(jobs[0].code)
    offload = one.offload if one is not None else None
    pool = facts.pools.get(jobs[0].pool)
    queued = [job for job in jobs if job.queued_s > 0.003]
    workers = dict.fromkeys(facts.line.thread_name(job.worker) for job in jobs if job.worker)
    if not workers and pool is not None and pool.is_processes:
        workers = dict.fromkeys(["a worker process"])
    return Placement(
        function=place.site.function if place else "?",
        file=place.site.file if place else "",
        line=place.first_line if place else 0,
        threads=tuple(workers),
        count=sum(job.start is not None for job in jobs) or len(jobs),
        run_s=sum(job.run_s if job.work_s is None else job.work_s for job in jobs),
        how=offload.call if offload else "submit",
        sent_by=one.handoff if one is not None else None,
        why=(offload.reason if offload else "it was submitted to a pool") + _way(jobs),
        queued=len(queued),
        queued_s=sum(job.queued_s for job in queued),
    )


def _way(jobs: list[Job]) -> str:
    """What jobs of processes paid beside their work, in words: the start of the processes, and the way."""
    started = [job.called - job.submitted for job in jobs if job.called is not None and not job.behind]
    ways = [job.run_s - job.work_s for job in jobs if job.work_s is not None and job.behind]
    said = []
    if started and max(started) >= STARTED_S:
        said.append(f"its processes took {seconds(max(started))} to start")
    if ways:
        said.append(
            f"a job took {max(float(np.median(ways)), 0.0) * 1e3:.1f} ms there and back, pickled and piped"
        )
    return "".join(f"; {one}" for one in said)


def _threads(run: Run, facts: ProcessFacts) -> list[Placement]:
    """Targets of threads that somebody other than a pool started."""
    from asyncwhy.causes.summary import threads

    roles = {thread.os_id: thread.role for thread in threads(run.facts) if thread.process == facts.pid}
    workers = {job.worker for job in facts.jobs}
    asked = {one.thread: len(one.answers) for one in answering(facts)}
    alike: dict[tuple[Site, int, int], list[ThreadFact]] = defaultdict(list)
    for fact in facts.line.threads.values():
        if fact.target is None or fact.number in workers:
            continue
        if roles.get(fact.os_id) not in (Role.POOL_WORKER, Role.RUNTIME):
            site, line = _target(run, facts, fact)
            alike[site, line, fact.stack].append(fact)
    return [_thread_placement(run, facts, own, site, line, asked) for (site, line, _), own in alike.items()]


def _target(run: Run, facts: ProcessFacts, fact: ThreadFact) -> tuple[Site, int]:
    """What a thread ran, and the line of its `def`: its target, or the user's that the standard library's called."""
    assert fact.target is not None
    if facts.origins.of(fact.target.site.file) is Origin.STANDARD:
        site = thread_runs(facts, fact.number)
        if site is not None:
            line = definition(run, site).line
            return Site(site.file, line, 0, site.function), line
    return fact.target.site, fact.target.first_line or fact.target.site.line


def _thread_placement(
    run: Run, facts: ProcessFacts, own: list[ThreadFact], target: Site, line: int, asked: dict[int, int]
) -> Placement:
    """Threads of one target that one line started; `asked` is how often tasks waited for each thread's answer."""
    sites = facts.stack(own[0].stack)
    handoff, offload = thread_sender(run, facts, sites)
    answers = sum(asked.get(fact.number, 0) for fact in own)
    why = _why_a_thread(facts, sites, offload)
    return Placement(
        function=target.function,
        file=target.file,
        line=line,
        threads=tuple(dict.fromkeys(fact.name for fact in own)),
        count=len(own),
        run_s=sum((fact.end or facts.line.ended) - fact.begun for fact in own),
        how=offload.call if offload else "threading.Thread.start",
        sent_by=handoff,
        why=f"{why}; tasks waited for its answer {answers:,} times" if answers else why,
    )


def _why_a_thread(facts: ProcessFacts, sites: tuple[Site, ...], offload: Offload | None) -> str:
    library = library_of(facts, sites)
    if library and (offload is None or offload.level == 0):
        return f"`{library}` starts a thread of its own for it"
    return offload.reason if offload else "a thread was started for it"
