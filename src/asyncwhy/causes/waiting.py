"""What tasks waited for, in words."""

from __future__ import annotations

from collections import Counter

import numpy as np

from asyncwhy.analysis import critical
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.joins import GATHERED
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.timeline import Ints
from asyncwhy.causes.draft import Run
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Site

#: A part of the critical path is named where it is this share of the whole.
MOST = 0.5
#: A wait's row and a stretch that begin within this of each other (1 ms) are the same wait.
NEAR_S = 0.001


def user_wait(facts: ProcessFacts, stack: tuple[Site, ...]) -> Site | None:
    """The user's innermost line of a suspended stack."""
    return facts.origins.user_site(stack)


def line_of(run: Run, site: Site) -> str:
    """A line in words; of which file, where the user has several."""
    of = run.facts.processes[0].origins.of
    files = {file for file in run.facts.trace.sources if of(file) is Origin.USER}
    several = len(files | {site.file}) > 1 and site.file[:1] != "<"
    where = f" of {site.file.rpartition('/')[2]}" if several else ""
    return f"line {site.line}{where}"


def overlap_reason(run: Run, facts: ProcessFacts) -> str | None:
    """Why the tasks of a healthy program overlap: the line at which most of them waited."""
    lines: Counter[Site] = Counter()
    for _start, _wait_s, await_s, _task, stack, kind, other, _thread in facts.process.table("waits").tolist():
        if other or facts.process.strings.get(kind) in GATHERED:
            continue
        site = user_wait(facts, facts.stack(stack))
        if site is not None and facts.origins.of(site.file) is Origin.USER:
            lines[site] += round(await_s * 1e6)
    if not lines:
        return None
    site = lines.most_common(1)[0][0]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    what = f"`await {call.qualified}`" if call is not None and call.awaited else "the `await`"
    thread = "; no thread is needed" if len(facts.line.threads) <= 1 else ""
    return f"The tasks overlap because {what} ({line_of(run, site)}) hands the loop back{thread}."


def critical_reason(run: Run, facts: ProcessFacts) -> str | None:
    """What the run's length is made of, as a sentence."""
    most = critical_part(run, facts)
    return most and f"{most}: nothing else takes as long."


def critical_part(run: Run, facts: ProcessFacts) -> str | None:
    """The largest part of the run's critical path, where one is most of it."""
    parts: Counter[tuple[str, str]] = Counter()
    whole = critical.path(facts.nodes, facts.jobs)
    for stretch in whole:
        task = facts.task_of(stretch.ref)
        named = task.name if task and not (task.code and closes_loop(task.code.site)) else ""
        parts[_named(run, facts, stretch), named] += round(stretch.length * 1e6)
    total = sum(parts.values())
    if not total:
        return None
    (what, name), most = parts.most_common(1)[0]
    if not what or most < MOST * total:
        return None
    where = f" in {name}" if name else ""
    return f"{seconds(most / 1e6)} of its {seconds(total / 1e6)} is {what}{where}"


def _named(run: Run, facts: ProcessFacts, stretch: critical.Stretch) -> str:
    """A stretch of the critical path in words; empty where there is nothing to say of it."""
    if stretch.link is critical.Link.RUN:
        return "its own work on the event loop"
    if stretch.link is critical.Link.JOB:
        job = facts.jobs[stretch.job]
        place = facts.process.places.get(job.code)
        return f"`{place.site.function.rpartition('.')[2]}` in a worker" if place else "a job in a worker"
    if stretch.link is critical.Link.READY:
        return ""
    task = facts.task_of(stretch.ref)
    if task is not None and task.code is not None and closes_loop(task.code.site):
        return _ending(facts, stretch)
    site = _wait_line(facts, stretch)
    if site is None or facts.origins.of(site.file) is not Origin.USER:
        return ""  # a library's ticker
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    where = line_of(run, site)
    return f"`{call.qualified}` ({where})" if call is not None else f"the await of {where}"


def closes_loop(site: Site) -> bool:
    """Whether a function is one of asyncio's, or of uvloop's, that ends a loop."""
    theirs = site.file.endswith("asyncio/base_events.py") or site.file.startswith("uvloop/")
    return theirs and site.function.rpartition(".")[2].startswith("shutdown_")


def closing_tasks(facts: ProcessFacts) -> Ints:
    """The numbers of asyncio's own tasks that end its loops."""
    tasks = facts.line.tasks
    codes = [
        code
        for code in np.unique(tasks.code).tolist()
        if (place := facts.line.code_of(code)) is not None and closes_loop(place.site)
    ]
    found: Ints = tasks.number[np.isin(tasks.code, codes)]
    return found


def _ending(facts: ProcessFacts, stretch: critical.Stretch) -> str:
    """What the end of a loop waited for: the job that was over last before it."""
    until = stretch.start + stretch.length + NEAR_S
    ended = [job for job in facts.jobs if job.end is not None and stretch.start < job.end <= until]
    place = facts.process.places.get(max(ended, key=lambda job: job.end or 0.0).code) if ended else None
    what = f"`{place.site.function.rpartition('.')[2]}`" if place is not None else "the threads of its pool"
    return f"asyncio.run's waiting for {what} to end"


def _wait_line(facts: ProcessFacts, stretch: critical.Stretch) -> Site | None:
    """The user's line at which the task of an awaiting stretch stood."""
    rows = facts.process.table("waits")
    starts = facts.line.seconds(rows["start"])
    own = np.flatnonzero((rows["task"] == stretch.ref) & (np.abs(starts - stretch.start) < NEAR_S))
    return user_wait(facts, facts.stack(int(rows["stack"][own[0]]))) if len(own) else None
