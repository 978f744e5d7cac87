"""Jobs that ran on after whoever awaited them had given up, until the program's end waited for them.

A timeout or a cancellation ends the waiting and not the thread.  `asyncio.run` waits at its end for the default pool's
threads, the interpreter for all others'.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.places import Origin
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import jobs as counted
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.senders import Sender, name_at, sender
from asyncwhy.causes.worth import LEAST_SHARE, ONCE_S
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

#: The end comes within this of the last job's (0.1 s) where it waited for it.
AT_ONCE_S = 0.1


def abandoned(run: Run, facts: ProcessFacts, slug: str) -> list[Draft]:
    """What the end of the program waited for, by the line that sent it."""
    least = max(ONCE_S, LEAST_SHARE * run.facts.wall_s)
    last = _last_step(facts)
    if run.facts.endless or last is None:
        return []
    by_line: dict[tuple[str, int], list[tuple[Job, float]]] = defaultdict(list)
    senders: dict[tuple[str, int], Sender] = {}
    for job, given_up in _given_up(facts, last + least):
        one = sender(run, facts, job)
        if one is not None and _awaited_by_end(facts, job.end or 0.0):
            key = (one.site.file, one.site.line)
            by_line[key].append((job, given_up))
            senders[key] = one
    return [_draft(run, facts, slug, senders[key], own, last) for key, own in by_line.items()]


def _last_step(facts: ProcessFacts) -> float | None:
    """When the last step of a task that is not asyncio's own was over."""
    line = facts.line
    standard = [
        code
        for code in np.unique(line.tasks.code).tolist()
        if (place := line.code_of(code)) is None or facts.origins.of(place.site.file) is Origin.STANDARD
    ]
    own = line.tasks.number[~np.isin(line.tasks.code, standard)]
    ends = line.end[np.isin(line.ref, own)]
    return float(ends.max()) if len(ends) else None


def _given_up(facts: ProcessFacts, until: float) -> list[tuple[Job, float]]:
    """Jobs that ran beyond `until`, though their task had waited for them and waited no more; and since when."""
    jobs = [job for job in facts.jobs if job.start is not None and job.end is not None and job.end > until]
    waits: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    rows = facts.process.table("waits")
    rows = np.sort(rows[np.isin(rows["task"], [job.task for job in jobs])], order="start")
    for start, wait_s, task, stack in rows[["start", "wait_s", "task", "stack"]].tolist():
        begun = float(facts.line.seconds(start))
        waits[task].append((begun, begun + wait_s, stack))
    made = []
    for job in jobs:
        own = waits[job.task]
        at = bisect_left(own, (job.submitted, 0.0, 0))
        if at < len(own) and own[at][1] < until and _same_line(facts, job, facts.stack(own[at][2])):
            made.append((job, own[at][1]))
    return made


def _same_line(facts: ProcessFacts, job: Job, stood: tuple[Site, ...]) -> bool:
    """Whether the line that sent a job is the one at which its task stood then."""
    sent = {(site.file, site.line) for site in facts.stack(job.stack)}
    user = next((site for site in stood if facts.origins.is_user(site)), None)
    return any(site is not None and (site.file, site.line) in sent for site in (user, *stood[:1]))


def _awaited_by_end(facts: ProcessFacts, ended: float) -> bool:
    """Whether a loop's run, or the process, ended when a job had."""
    ends = [facts.line.ended, *(loop.until(facts.line.ended) for loop in facts.line.loops)]
    return any(ended <= end <= ended + AT_ONCE_S for end in ends)


def _draft(
    run: Run, facts: ProcessFacts, slug: str, one: Sender, own: list[tuple[Job, float]], last: float
) -> Draft:
    jobs = [job for job, _ in own]
    cost = max(job.end or last for job in jobs) - last
    since = float(np.median([over - job.submitted for job, over in own]))
    places = (facts.process.places.get(job.code) for job in jobs)
    sites = dict.fromkeys(place.site for place in places if place is not None)
    runs = tuple(
        Related("runs", site, "ran on in its thread") for site in sites if facts.origins.is_user(site)
    )
    name = name_at(run, one.site, one.call)
    return Draft(
        cause=slug,
        facts=facts,
        site=one.site,
        words=Words(
            headline=f"the program's end waits {seconds(cost)} for {counted(len(jobs))} that had been given up",
            label=f"given up after {seconds(since)}; the thread ran on, and the end waited {seconds(cost)} for it",
            message=(
                f"`{name}` sent {counted(len(jobs))} that ran on after the waiting for them was given up, {seconds(since)} "
                f"later: a timeout does not end a thread. Everything else was done {seconds(cost)} before the program "
                "could end, which waits for its pools' threads."
            ),
        ),
        count=len(jobs),
        cost_s=cost,
        call=name,
        operation="pool",
        stack=one.stack,
        related=(*runs, *one.related, *called_from(run, facts, one.stack)),
        effects=Effects(threads=len({job.worker for job in jobs})),
        remedies=(
            Remedy(
                "give the call itself a time limit (most clients take a timeout), so that its thread ends when the "
                "waiting does",
                Safety.SKETCH,
            ),
            Remedy("or run what cannot be ended in a process, which can be", Safety.SKETCH),
        ),
        saved_s=cost,
        worth=True,
    )
