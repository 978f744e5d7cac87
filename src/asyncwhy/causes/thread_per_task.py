"""`thread-per-task`: a thread made for every unit of work; threads that mostly wait."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.timeline import ThreadFact
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "thread-per-task"

#: Threads that one line started in as many different steps or jobs are one for each unit of work...
FEWEST = 20
#: ...and those that it started in one go may be a pool made by hand, but for so many: asyncio's and
#: concurrent.futures' own pools have at most 32.
BY_HAND = 40
#: Threads that compute for more than this share of their lives do not mostly wait.
COMPUTING = 0.5
#: A thread whose life is shorter than this was dearer to start than to use, whatever it did.
SHORT_S = 0.002


def find(run: Run) -> list[Draft]:
    """Thread starts by line, in processes that run a loop."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        if not facts.line.loops:
            continue
        by_line: dict[tuple[str, int], list[tuple[ThreadFact, tuple[Site, ...]]]] = defaultdict(list)
        pool_of = {job.worker: job.pool for job in facts.jobs}
        per_call = _pools_per_call(facts)
        for thread in facts.line.threads.values():
            pool = pool_of.get(thread.number)
            if pool is not None and pool not in per_call:
                continue
            stack = facts.sent_stack(thread.stack, 0) if pool is None else per_call[pool]
            at = facts.origins.user_index(stack)
            if at is not None:
                by_line[stack[at].file, stack[at].line].append((thread, stack[at:]))
        for started in by_line.values():
            draft = _draft(run, facts, started)
            if draft is not None:
                made.append(draft)
    return made


def _pools_per_call(facts: ProcessFacts) -> dict[int, tuple[Site, ...]]:
    """The pools made by lines that made many, each with the stack on which it was made."""
    lines: Counter[tuple[str, int]] = Counter()
    where: dict[int, tuple[tuple[str, int], tuple[Site, ...]]] = {}
    for pool in facts.pools.values():
        stack = facts.stack(pool.stack)
        site = facts.origins.user_site(stack)
        if site is not None and pool.kind == "ThreadPoolExecutor":
            where[pool.number] = ((site.file, site.line), stack)
            lines[site.file, site.line] += 1
    return {number: stack for number, (line, stack) in where.items() if lines[line] >= FEWEST}


def _draft(run: Run, facts: ProcessFacts, started: list[tuple[ThreadFact, tuple[Site, ...]]]) -> Draft | None:
    threads = [thread for thread, _ in started]
    if len(threads) < (FEWEST if _units(facts, threads) >= FEWEST else BY_HAND):
        return None
    ended = facts.line.ended
    lives = np.array([max((thread.end or ended) - thread.begun, 0.0) for thread in threads])
    cpu = sum(_cpu(facts, thread) for thread in threads)
    mostly_short = float(np.median(lives)) < SHORT_S
    if cpu > COMPUTING * float(lives.sum()) and not mostly_short:
        return None
    stack = started[0][1]
    site = stack[0]
    alive = _most_alive(threads, ended)
    starting = sum(max(thread.begun - thread.asked, 0.0) for thread in threads if thread.asked)
    call = run.source.call_at(
        site.file, site.line, site.column or None, None, site.end_column, callee_hint="start"
    )
    target = threads[0].target
    related: list[Related] = []
    if target is not None and facts.origins.is_user(target.site):
        related.append(Related("each runs", target.site, f"{seconds(float(np.mean(lives)))} on average"))
    related.extend(called_from(run, facts, stack))
    waiting = 1.0 - min(cpu / max(float(lives.sum()), 1e-9), 1.0)
    life = "over as soon as begun" if mostly_short else f"{waiting:.0%} of their lives waiting"
    name = call.qualified if call is not None else "threading.Thread.start"
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(name, len(threads), alive, life, starting),
        count=len(threads),
        cost_s=starting,
        call=name,
        operation="thread",
        stack=stack,
        related=tuple(related),
        effects=Effects(threads=alive, cpu_s=cpu),
        worth=True,
        remedies=_remedies(),
    )


def _words(name: str, count: int, alive: int, life: str, starting: float) -> Words:
    return Words(
        headline=f"{count} threads started by one line",
        label=f"up to {alive} alive at a time, {life}",
        message=(
            f"`{name}` starts a thread for every unit of work: {count} in this run, up to {alive} alive at a time, "
            f"{life}. Starting them took {seconds(starting)}; a loop holds as many waits in one thread."
        ),
    )


def _units(facts: ProcessFacts, threads: list[ThreadFact]) -> int:
    """In how many different steps of loops, jobs or threads they were started."""
    line = facts.line
    by_starter: dict[int, list[float]] = defaultdict(list)
    for thread in threads:
        by_starter[thread.starter].append(thread.asked or thread.begun)
    units = 0
    for starter, times in by_starter.items():
        mine = line.start[line.thread == starter]
        if len(mine):
            units += len(np.unique(np.searchsorted(mine, np.array(times), "right")))
            continue
        jobs = [job for job in facts.jobs if job.worker == starter and job.start is not None]
        inside = {
            job.number
            for job in jobs
            for time in times
            if (job.start or 0.0) <= time <= (job.end or line.ended)
        }
        units += max(len(inside), 1)
    return units


def _cpu(facts: ProcessFacts, thread: ThreadFact) -> float:
    if thread.cpu_s is not None:
        return thread.cpu_s
    samples = facts.samples.get(thread.number)
    return float(samples.cpu_last[-1]) if samples is not None and len(samples.cpu_last) else 0.0


def _most_alive(threads: list[ThreadFact], ended: float) -> int:
    edges = sorted(
        [(thread.begun, 1) for thread in threads] + [(thread.end or ended, -1) for thread in threads]
    )
    return int(np.cumsum([step for _, step in edges]).max())


def _remedies() -> tuple[Remedy, ...]:
    return (
        Remedy("make it a task, if the work can await: `asyncio.create_task(...)`", Safety.SKETCH),
        Remedy(
            "or send it to one pool for the program's life: `await asyncio.to_thread(function, ...)`",
            Safety.CHANGES_BEHAVIOUR,
        ),
    )
