"""What lines sent to threads and processes, and how long each was on its way there and back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.answers import Answering, answering
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.lookup import union
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.timeline import Floats
from asyncwhy.causes.draft import Run
from asyncwhy.causes.senders import sender
from asyncwhy.model import Related, Site

#: The loop's own part in handing a job over takes up to this; what its step did before is the program's.
ASK_S = 0.0001
#: From a job's end until its task goes on, through what steps of the loop's own ever (trio's queue of what threads
#: bring): what is later than this is the loop's own business.
BACK_S = 0.0005


@dataclass
class Hops:
    """What one line sent: `ways` are from when the loop began to hand each over until it went on after it, `work` is
    what each took there at most, `worked_s` what all of it takes without the way.

    `where` is "thread", "process", or the name of the library whose own thread it is; `tasks` are those that sent it.
    """

    facts: ProcessFacts
    site: Site
    stack: tuple[Site, ...]
    where: str
    ways: Floats
    work: Floats
    worked_s: float
    tasks: set[int]
    threads: set[int]
    submitter: int
    call: str = "the pool"  # what sent it, where the line at `site` calls nothing
    related: tuple[Related, ...] = ()
    sent: tuple[Site, ...] = ()  # where jobs were submitted
    decided: bool = False  # a framework sent the function at `site`

    @property
    def cost_s(self) -> float:
        """What sending it took, less what it takes to do."""
        return union(self.ways) - self.worked_s

    @property
    def since(self) -> float:
        """When the first was handed over."""
        return float(self.ways[:, 0].min())

    @property
    def until(self) -> float:
        """When the last was back."""
        return float(self.ways[:, 1].max())


def hops(run: Run, facts: ProcessFacts) -> list[Hops]:
    """What the lines of a process sent."""
    made: dict[tuple[str, int, bool], tuple[Hops, list[Job]]] = {}
    for job in facts.jobs:
        elsewhere = job.pool in facts.pools and facts.pools[job.pool].is_processes
        if job.end is None or job.start is None or (elsewhere and job.work_s is None):
            continue
        one = sender(run, facts, job)
        if one is None:
            continue
        key = (one.site.file, one.site.line, elsewhere)
        if key not in made:
            where, none = "process" if elsewhere else "thread", np.zeros(0)
            found = Hops(facts, one.site, one.stack, where, none, none, 0.0, set(), set(), job.submitter)
            found.related, found.decided = one.related, one.decided
            found.call, found.sent = one.call, facts.job_stack(job)
            made[key] = found, []
        made[key][1].append(job)
    for found, jobs in made.values():
        _fill(found, jobs)
    answered = (_answered(facts, one) for one in answering(facts))
    return [*(found for found, _ in made.values()), *(one for one in answered if one is not None)]


def _fill(made: Hops, jobs: list[Job]) -> None:
    made.ways = _ways(made.facts, jobs)
    made.work = np.array([job.run_s if job.work_s is None else job.work_s for job in jobs])
    spans = np.array([(job.start or 0.0, job.end or 0.0) for job in jobs])
    made.worked_s = union(spans) if made.where == "thread" else float(made.work.sum())
    made.tasks = {job.task for job in jobs}
    made.threads = {job.worker for job in jobs if job.worker}
    code = made.facts.process.places.get(jobs[0].code)
    if len({job.code for job in jobs}) == 1 and code is not None and made.facts.origins.is_user(code.site):
        if code.site.file != made.site.file or code.site.function != made.site.function:
            made.related = (Related("runs", code.site, f"in a {made.where}"), *made.related)


def _ways(facts: ProcessFacts, jobs: list[Job]) -> Floats:
    line = facts.line
    steps = {thread: np.flatnonzero(line.thread == thread) for thread in line.loop_threads()}
    begun = {thread: line.start[own] for thread, own in steps.items()}
    tasks = {job.task: np.zeros(0) for job in jobs}
    order = np.flatnonzero(np.isin(line.ref, list(tasks)))
    order = order[np.argsort(line.ref[order], kind="stable")]
    for own_steps in np.split(order, np.flatnonzero(np.diff(line.ref[order])) + 1) if len(order) else ():
        tasks[int(line.ref[own_steps[0]])] = line.start[own_steps]
    made = []
    for job in jobs:
        start, end = job.submitted, job.end or 0.0
        own = begun.get(job.submitter)
        if own is not None and len(own):
            before = int(np.searchsorted(own, start, "right")) - 1
            start = max(float(own[before]) if before >= 0 else start, start - ASK_S)
            theirs = tasks[job.task] if len(tasks[job.task]) else own
            at = int(np.searchsorted(theirs, end))
            end = min(float(theirs[at]) if at < len(theirs) else end, end + BACK_S)
        made.append((start, end))
    return np.array(made, dtype=np.float64)


def _answered(facts: ProcessFacts, one: Answering) -> Hops | None:
    """What tasks asked of a thread that a library keeps for itself; None where the thread is the user's own."""
    fact = facts.line.threads[one.thread]
    library = library_of(facts, facts.stack(fact.stack))
    tasks = {answer.task for answer in one.answers}
    by_line = _asking(facts, tasks, library) if library is not None else None
    if library is None or not by_line:
        return None
    stack, *others = [stack for stack, _ in by_line.most_common(3)]
    ways = [
        (answer.asked, min(float(facts.line.start[answer.step]), answer.when + BACK_S))
        for answer in one.answers
    ]
    work = np.array([answer.own_s for answer in one.answers])
    cpu = fact.cpu_s if fact.cpu_s is not None else float(work.sum())
    return Hops(
        facts,
        stack[0],
        stack,
        library,
        np.array(ways),
        work,
        min(cpu, float(work.sum())),
        tasks,
        {one.thread},
        int(facts.line.thread[one.answers[0].step]),
        library,
        tuple(Related("and", other[0], "asks it too") for other in others),
    )


def library_of(facts: ProcessFacts, stack: tuple[Site, ...]) -> str | None:
    """The library that started a thread by itself; None if the user's line did."""
    starter = next((site for site in stack if facts.origins.of(site.file) is not Origin.STANDARD), None)
    return facts.origins.package(starter.file) if starter is not None else None


def _asking(facts: ProcessFacts, tasks: set[int], library: str) -> Counter[tuple[Site, ...]]:
    """The user's lines, each with what is outside it, at which the tasks waited in that library, and how often they
    were seen there."""
    seen: Counter[tuple[Site, ...]] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    for table in ("waits", "glances"):
        rows = facts.process.table(table)
        rows = rows[np.isin(rows["task"], list(tasks))]
        own, counts = np.unique(np.column_stack((rows["stack"], rows["task"])), axis=0, return_counts=True)
        pairs.update(dict(zip(map(tuple, own.tolist()), counts.tolist(), strict=True)))
    for (number, task), count in pairs.items():
        # A task that the library made by itself (a shielded close) asks for whoever waits for that.
        sites = facts.sent_stack(number, task)
        at = facts.origins.user_index(sites)
        if at is not None and any(facts.origins.package(site.file) == library for site in sites[:at]):
            seen[sites[at:]] += count
    return seen
