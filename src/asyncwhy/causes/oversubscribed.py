"""`oversubscribed`: more runnable threads than cores; the loop waits for a core though nothing holds it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis import lateness
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.crowding import Crowding, crowding, delayed
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import BLOCKED_SHARE, Kind, Piece
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.stuck import starts_thread
from asyncwhy.analysis.timeline import Floats
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import merged
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.senders import name_at, sender
from asyncwhy.causes.suffering import suffering
from asyncwhy.causes.worth import LEAST_S, LEAST_SHARE, ONCE_S
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "oversubscribed"

#: So many runnable threads to a core are too many.  The default executor's size (cores + 4) stays below it on
#: two cores and more, and a few threads more than cores cost nothing that is felt.
TIMES = 4.0
#: It must have lasted this long in all: a burst of runnable threads is normal.
LASTED_S = 0.1
#: Jobs that together keep the cores busy for this share of their time compute, and do little else.
FULL = 0.6


@dataclass
class _Crowd:
    """The threads of one pool, or those that one line started."""

    pool: int
    site: Site
    stack: tuple[Site, ...]
    wanted_s: float = 0.0
    threads: set[int] = field(default_factory=set)


def find(run: Run) -> list[Draft]:
    """Stretches in which the program's own threads wanted many times the cores."""
    crowded = crowding(run.facts, TIMES)
    if crowded is None or crowded.seconds < LASTED_S:
        return []
    made = []
    for facts in run.facts.processes:
        crowd = max(_crowds(run, facts, crowded), key=lambda one: one.wanted_s, default=None)
        if crowd is not None:
            draft = _draft(run, facts, crowded, crowd)
            if draft is not None:
                made.append(draft)
    return made


def _crowds(run: Run, facts: ProcessFacts, crowded: Crowding) -> list[_Crowd]:
    pool_of = {job.worker: job for job in facts.jobs}
    made: dict[tuple[int, str, int], _Crowd] = {}
    for (process, thread), wanted in crowded.by_thread.items():
        if process != facts.process.index or thread in set(facts.line.loop_threads()):
            continue
        job, fact = pool_of.get(thread), facts.line.threads.get(thread)
        if job is not None:
            stack = _made(run, facts, job)
        else:
            stack = facts.stack(fact.stack) if fact is not None else ()
        at = facts.origins.user_index(stack)
        if at is None:
            continue
        key = (job.pool if job is not None else 0, stack[at].file, stack[at].line)
        crowd = made.setdefault(key, _Crowd(key[0], stack[at], stack[at:]))
        crowd.wanted_s += wanted
        crowd.threads.add(thread)
    return list(made.values())


def _made(run: Run, facts: ProcessFacts, job: Job) -> tuple[Site, ...]:
    """Where a job's pool was made; a default one is nobody's line, but for those that send jobs there."""
    stack = facts.stack(facts.pools[job.pool].stack) if job.pool in facts.pools else ()
    if stack and not any(site.function.endswith("run_in_executor") for site in stack):
        return stack
    one = sender(run, facts, job)
    return one.stack if one is not None else ()


def _draft(run: Run, facts: ProcessFacts, crowded: Crowding, crowd: _Crowd) -> Draft | None:
    loops = list(facts.line.loop_threads())
    free = [(thread, _free(facts, thread, crowded.spans)) for thread in loops]
    late = suffering(run, facts, free)
    suffered = sum(lateness.waited_while(facts.line, thread, spans) for thread, spans in free)
    waited = sum(delayed(facts, thread, crowded.spans) for thread in loops)
    if suffered < max(LEAST_S, ONCE_S, LEAST_SHARE * run.facts.wall_s):
        return None
    wanted = float(crowd.wanted_s / crowded.seconds)
    name = name_at(run, crowd.site, "the pool")
    count = len(crowd.threads)
    related: list[Related] = []
    submitted = _submitted(run, facts, crowd)
    if submitted is not None and submitted != crowd.site:
        related.append(Related("sent there by", submitted, "what computes is sent here"))
    related.extend(called_from(run, facts, crowd.stack))
    return Draft(
        cause=SLUG,
        facts=facts,
        site=crowd.site,
        words=Words(
            headline=f"{count} threads compute on {facts.cores} cores",
            label=f"{wanted:.0f} of them wanted to run at a time; {facts.cores} would do the same work as soon",
            message=(
                f"{wanted:.0f} threads made here wanted to run at a time on {facts.cores} cores, for "
                f"{seconds(crowded.seconds)}: for {seconds(suffered)} the loop had something to do and did not get "
                f"to it, though nothing held it ({seconds(waited)} in the system's run queue)."
            ),
        ),
        count=count,
        cost_s=suffered,
        call=name,
        operation="cpu",
        stack=crowd.stack,
        related=tuple(related),
        victims=late.victims,
        effects=Effects(late_s=late.hurt_s, threads=count),
        worth=True,
        remedies=_remedies(facts.cores),
        saved_s=_saved(facts, loops, crowd),
    )


def _saved(facts: ProcessFacts, loops: list[int], crowd: _Crowd) -> float | None:
    """What the run saves with as many workers as cores: each job then takes no longer than it computes, and
    the loops' steps lose what they stood without a core.  None where the jobs do more than compute."""
    mine = {index: job for index, job in enumerate(facts.jobs) if crowd.pool and job.pool == crowd.pool}
    ends = [job.end for job in mine.values() if job.end is not None]
    cpu = sum(job.cpu_s for job in mine.values())
    computing = [job.submitted for job in mine.values() if job.cpu_s >= FULL * cpu / len(mine)]
    if not ends or not computing or cpu < FULL * facts.cores * (max(ends) - min(computing)):
        return None
    least = min(computing) + cpu / facts.cores  # what waits for them was perhaps kept up longer by the crowd
    nodes = facts.nodes
    lost: dict[int, float] = defaultdict(float)
    for thread in loops:
        for step, away in _away(facts, thread, min(computing), max(ends)).items():
            lost[int(nodes.node_of[step])] += away
    change = Change(
        workers={crowd.pool: facts.cores},
        lengths={index: job.cpu_s for index, job in mine.items()},
        shorter={node: max(1.0 - away / float(nodes.run[node]), 0.0) for node, away in lost.items()},
    )
    return max(facts.measured.last - max(facts.replayed(change).last, least), 0.0)


def _away(facts: ProcessFacts, thread: int, since: float, until: float) -> dict[int, float]:
    """For how long each step of a loop between two moments was without a core, or waited until a thread that it started
    had got one: its length, less what it computed and what it would have waited for on a free machine too.

    A step that starts a thread is shorter than what the sampler sees; the loop's CPU clock tells of all together.
    """
    line, samples = facts.line, facts.samples.get(thread)
    steps = np.flatnonzero((line.thread == thread) & (line.start >= since) & (line.start <= until))
    if samples is None or not len(steps):
        return {}
    times = np.column_stack((samples.first, samples.last)).ravel()
    clocks = np.column_stack((samples.cpu_first, samples.cpu_last)).ravel()
    used = np.interp(line.end[steps], times, clocks) - np.interp(line.start[steps], times, clocks)
    away = dict(zip(steps.tolist(), (line.end[steps] - line.start[steps] - used).tolist(), strict=True))
    for piece in facts.pieces:
        if piece.step in away and _own_doing(facts, piece):
            away[piece.step] -= max(piece.length - piece.cpu_s, 0.0)
    return {step: lost for step, lost in away.items() if lost > 0}


def _free(facts: ProcessFacts, thread: int, spans: Floats) -> Floats:
    """The parts of `spans` in which a loop neither computed nor called what waits."""
    own = [
        (piece.start, piece.end)
        for piece in facts.pieces
        if piece.thread == thread and _own_doing(facts, piece)
    ]
    busy = merged(own)
    free: list[tuple[float, float]] = []
    for start, end in spans.tolist():
        at = start
        for low, high in busy[(busy[:, 1] > start) & (busy[:, 0] < end)].tolist():
            free.append((at, max(low, at)))
            at = max(high, at)
        free.append((at, max(end, at)))
    return np.array([one for one in free if one[1] > one[0]], dtype=np.float64).reshape(-1, 2)


def _own_doing(facts: ProcessFacts, piece: Piece) -> bool:
    """Whether a piece of a hold would have held the loop on a free machine too."""
    if piece.kind is Kind.BLOCKED:  # a thread that is started is waited for until it has got a core
        return not starts_thread(facts.stack(piece.stack), facts.process.library)
    return piece.kind is not Kind.GIL_WAIT and piece.cpu_s >= BLOCKED_SHARE * piece.length


def _submitted(run: Run, facts: ProcessFacts, crowd: _Crowd) -> Site | None:
    """The line that sent most of what the pool computed."""
    cpu: dict[Site, float] = defaultdict(float)
    for job in facts.jobs:
        one = sender(run, facts, job) if crowd.pool and job.pool == crowd.pool else None
        if one is not None:
            cpu[one.site] += job.cpu_s
    return max(cpu, key=lambda site: cpu[site], default=None)


def _remedies(cores: int) -> tuple[Remedy, ...]:
    return (
        Remedy(
            f"as many workers as cores for what computes: ThreadPoolExecutor(max_workers={cores}), from "
            "os.process_cpu_count(); jobs that wait for one another need more",
            Safety.CHANGES_BEHAVIOUR,
        ),
        Remedy(
            "tell native libraries before they are imported: OMP_NUM_THREADS=1, or threadpoolctl",
            Safety.SKETCH,
        ),
    )
