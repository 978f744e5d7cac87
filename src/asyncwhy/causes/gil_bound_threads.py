"""`gil-bound-threads`: threads compute, and together they get one core."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.crowding import delayed
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lookup import union
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.runtimes import in_processes
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.senders import Sender, name_at, sender
from asyncwhy.causes.thread_queues import share_of_jobs
from asyncwhy.model import Effects, Remedy, Safety, Site

SLUG = "gil-bound-threads"

#: Together they must have computed for this share of the time (the rest may be other programs')...
COMPUTING = 0.5
#: ...on no more than this many cores...
ONE_CORE = 1.25
#: ...while on average at least this many ran at once.
AT_ONCE = 1.5
#: Threads that compute in Python keep the sampler from the GIL nearly always (here 90 % of its samples came
#: more than 1 ms late, and 5 % beside threads that compute outside it); half is the divide.
LATE_S = 0.001
LATE_SHARE = 0.5
#: Fewer samples than this, or than this share of the sampler's ticks, prove nothing (a tick that met many new frames is
#: followed by a long pause, and one that waits for the GIL among many threads comes rarely); then they must have had one
#: core, whole and no more, within this share of it, and not have stood in the system's queue for another, nor for locks.
FEW, FEW_SHARE, WHOLE = 8, 0.1, 0.1
#: Threads that wait for the GIL sleep, so that together they want little more than one core; threads that
#: want twice the cores lack cores.
LACKING = 2.0


@dataclass
class _Work:
    """What one line sent to threads: (start, end) of each, on which thread, and its CPU seconds."""

    site: Site
    stack: tuple[Site, ...]
    sender: Sender | None = None
    spans: list[tuple[float, float]] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    jobs: list[int] = field(default_factory=list)


def find(run: Run) -> list[Draft]:
    """Per-thread CPU of jobs and of the user's own threads, by the line that sent them."""
    return [_draft(run, facts, work) for facts in run.facts.processes for work in _bound(run, facts)]


def claimed(run: Run, facts: ProcessFacts) -> set[int]:
    """The jobs, by index, that more threads would not help."""
    return {index for work in _bound(run, facts) for index in work.jobs}


def _bound(run: Run, facts: ProcessFacts) -> list[_Work]:
    """What computed in threads and got one core, worked out once for a process."""
    known: dict[int, list[_Work]] = run.__dict__.setdefault("_gil_bound", {})
    if facts.process.index not in known:
        free = facts.process.meta.get("gil") is False
        works = [] if free or facts.cores < 2 else [*_jobs(run, facts), *_threads(facts)]  # one core: no gain
        known[facts.process.index] = [work for work in works if _shares_a_core(run, facts, work)]
    return known[facts.process.index]


def _jobs(run: Run, facts: ProcessFacts) -> list[_Work]:
    made: dict[tuple[str, int], _Work] = {}
    for index, job in enumerate(facts.jobs):
        pool = facts.pools.get(job.pool)
        if job.start is None or job.end is None or pool is None or pool.is_processes:
            continue
        one = sender(run, facts, job)
        if one is None:
            continue
        work = made.setdefault((one.site.file, one.site.line), _Work(one.site, one.stack, one))
        work.spans.append((job.start, job.end))
        work.threads.append(job.worker)
        work.cpu.append(job.cpu_s)
        work.jobs.append(index)
    return list(made.values())


def _threads(facts: ProcessFacts) -> list[_Work]:
    made: dict[tuple[str, int], _Work] = {}
    workers = {job.worker for job in facts.jobs}
    loops = set(facts.line.loop_threads())
    for thread in facts.line.threads.values():
        stack = facts.stack(thread.stack)
        at = facts.origins.user_index(stack)
        if at is None or thread.number in workers or thread.number in loops or thread.cpu_s is None:
            continue
        work = made.setdefault((stack[at].file, stack[at].line), _Work(stack[at], stack[at:]))
        work.spans.append((thread.begun, thread.end or facts.line.ended))
        work.threads.append(thread.number)
        work.cpu.append(thread.cpu_s)
    return list(made.values())


def _shares_a_core(run: Run, facts: ProcessFacts, work: _Work) -> bool:
    ran = sum(end - start for start, end in work.spans)
    during = _during(work)
    cpu = sum(work.cpu)
    if len(work.spans) < 2 or during <= 0 or ran < AT_ONCE * during:
        return False
    if not COMPUTING * during <= cpu <= ONE_CORE * during:
        return False
    if not _kept_from_the_gil(run, facts, work, during, cpu):
        return False
    if cpu + _for_a_core(facts, work) > LACKING * facts.cores * during:
        return False  # they stood in the system's queue: it was cores that were lacking, not the GIL
    return _possible(facts, work) <= 0.9 * during


def _during(work: _Work) -> float:
    """For how long any of it ran."""
    return union(np.array(work.spans, dtype=np.float64).reshape(-1, 2))


def _possible(facts: ProcessFacts, work: _Work) -> float:
    """For how long it would run in processes."""
    return max(sum(work.cpu) / facts.cores, max(work.cpu))


def _draft(run: Run, facts: ProcessFacts, work: _Work) -> Draft:
    during, cpu = _during(work), sum(work.cpu)
    name = name_at(run, work.site, "the thread")
    count, threads = len(work.spans), len(set(work.threads))
    ran = sum(end - start for start, end in work.spans)
    sent = f"sent {count} computations to threads"
    if work.sender is not None and work.sender.decided:
        sent = f"was sent to threads {count} times"
    tasks = [facts.jobs[index].task for index in work.jobs]
    change = Change(in_processes=dict(zip(work.jobs, work.cpu, strict=True))) if work.jobs else None
    return Draft(
        cause=SLUG,
        facts=facts,
        site=work.site,
        words=Words(
            headline=f"{threads} threads compute, and share one core",
            label=f"{seconds(cpu)} of CPU in {seconds(during)}: one thread at a time, however many there are",
            message=(
                f"`{name}` {sent}. They used {seconds(cpu)} of CPU in "
                f"{seconds(during)}, {cpu / during:.2f} of {facts.cores} cores: the GIL lets one thread at a time "
                "run Python code."
            ),
        ),
        count=count,
        cost_s=ran - cpu,
        call=name,
        operation="cpu",
        stack=work.stack,
        related=(*(work.sender.related if work.sender else ()), *called_from(run, facts, work.stack)),
        effects=Effects(cpu_s=cpu, threads=threads),
        remedies=_remedies(facts),
        change=change,
        saved_s=None if change else during - _possible(facts, work),
        worth=bool(tasks) and hurts_by_itself(run, facts, tasks, during - _possible(facts, work)),
    )


def _for_a_core(facts: ProcessFacts, work: _Work) -> float:
    """Seconds that the threads stood in the system's run queue."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for thread, span in zip(work.threads, work.spans, strict=True):
        spans.setdefault(thread, []).append(span)
    return sum(delayed(facts, thread, np.array(own)) for thread, own in spans.items())


def _kept_from_the_gil(run: Run, facts: ProcessFacts, work: _Work, during: float, cpu: float) -> bool:
    """Whether most samples of these threads at work came late; of few, whether the threads had one core among them."""
    late: list[float] = []
    for thread, (start, end) in zip(work.threads, work.spans, strict=True):
        own = facts.samples.get(thread)
        if own is not None:
            inside = (own.first >= start) & (own.first <= end)
            late.extend(own.late[inside].tolist())
    if late and sum(one > LATE_S for one in late) >= LATE_SHARE * len(late):
        return True
    one_core = abs(cpu - during) <= WHOLE * during and _for_a_core(facts, work) <= WHOLE * during
    ticks = during / float(facts.process.meta.get("interval", 0.005))
    few = 0 < len(late) < max(FEW, FEW_SHARE * ticks)
    return few and one_core and share_of_jobs(run, facts, work.jobs) <= WHOLE


def _remedies(facts: ProcessFacts) -> tuple[Remedy, ...]:
    return (
        Remedy(
            f"compute in processes: {in_processes(facts)} (arguments and results are pickled on the way); "
            "more threads would gain nothing",
            Safety.CHANGES_BEHAVIOUR,
        ),
    )
