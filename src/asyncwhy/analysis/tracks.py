"""What else is drawn of a process: its tasks, threads, pools and jobs, and what threads without a loop did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.tasks import Task
from asyncwhy.model import Site
from asyncwhy.picture import Jobs, Place, PoolRow, Samples, Tasks, ThreadRow

#: Jobs drawn one by one, and stretches of threads; of further ones only the number is kept.
MOST_JOBS = 30_000
MOST_SAMPLES = 20_000
#: Two samples of one thread closer together than this are one stretch.
JOINED_S = 0.02
_BUSY = 0.5  # of a stretch spent on the CPU: it computed


class Places:
    """The table of places; number 0 is none."""

    def __init__(self) -> None:
        self.rows: list[Place] = [Place("", 0, "")]
        self._known: dict[tuple[str, int, str], int] = {("", 0, ""): 0}
        self._stacks: dict[tuple[int, int], int] = {}

    def of(self, site: Site | None) -> int:
        """The number of a site."""
        if site is None:
            return 0
        key = site.file, site.line, site.function
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.rows.append(Place(*key))
        return self._known[key]

    def innermost(self, facts: ProcessFacts, stack: int) -> int:
        """The number of the user's own innermost line in a recorded stack."""
        key = facts.process.index, stack
        if key not in self._stacks:
            self._stacks[key] = self.of(facts.origins.user_site(facts.stack(stack))) if stack else 0
        return self._stacks[key]


def tasks(facts: ProcessFacts, drawn: list[Task], places: Places, threads: dict[int, int]) -> Tasks:
    """The tasks that have a row."""
    index = {task.number: place for place, task in enumerate(drawn)}
    return Tasks(
        name=tuple(task.name for task in drawn),
        parent=np.array([_parent(facts, task, index) for task in drawn], np.int64),
        created=np.array([task.created for task in drawn]),
        code=np.array([places.of(task.code.site if task.code else None) for task in drawn], np.int64),
        made=np.array([places.innermost(facts, task.stack) for task in drawn], np.int64),
        thread=np.array([threads.get(task.thread, -1) for task in drawn], np.int64),
        left_out=max(len(facts.line.tasks) - len(drawn), 0) if len(drawn) >= 30_000 else 0,
    )


def _parent(facts: ProcessFacts, task: Task, index: dict[int, int]) -> int:
    """The nearest task above that has a row: those of libraries in between have none."""
    number, seen = task.parent, 0
    while number and number not in index and number in facts.line.tasks and seen < 20:
        number, seen = facts.line.tasks[number].parent, seen + 1
    return index.get(number, -1)


def thread_rows(facts: ProcessFacts, roles: dict[int, str], places: Places) -> tuple[ThreadRow, ...]:
    """The threads in the order of their numbers; `roles` by number."""
    made = []
    for fact in facts.line.threads.values():
        samples = facts.samples.get(fact.number)
        cpu = fact.cpu_s
        if cpu is None:
            cpu = float(samples.cpu_last.max()) if samples is not None and len(samples.cpu_last) else 0.0
        made.append(
            ThreadRow(
                name=fact.name,
                role=roles.get(fact.number, "user"),
                began=fact.begun,
                ended=facts.line.ended if fact.end is None else fact.end,
                cpu_s=cpu,
                sent=places.innermost(facts, fact.stack),
                target=places.of(fact.target.site if fact.target else None),
            )
        )
    return tuple(made)


def pools_and_jobs(
    facts: ProcessFacts,
    drawn: list[Task],
    places: Places,
    threads: dict[int, int],
    sent: Callable[[Job], Site | None],
) -> tuple[tuple[PoolRow, ...], Jobs, int]:
    """The executors, their jobs, and how many of the jobs are drawn (the first ones); `sent` gives the line that sent
    a job."""
    rows = {number: place for place, number in enumerate(facts.pools)}
    pools = tuple(
        PoolRow(pool.name, pool.kind, pool.workers, places.innermost(facts, pool.stack))
        for pool in facts.pools.values()
    )
    index = {task.number: place for place, task in enumerate(drawn)}
    jobs = facts.jobs[:MOST_JOBS]
    sites = facts.process.places
    made = Jobs(
        pool=np.array([rows.get(job.pool, -1) for job in jobs], np.int64),
        worker=np.array([threads.get(job.worker, -1) if job.worker else -1 for job in jobs], np.int64),
        task=np.array([index.get(job.task, -1) for job in jobs], np.int64),
        code=np.array(
            [places.of(sites[job.code].site if job.code in sites else None) for job in jobs], np.int64
        ),
        sent=np.array([places.of(sent(job)) for job in jobs], np.int64),
        submitted=np.array([job.submitted for job in jobs]),
        busy=np.array([job.cpu_s >= _BUSY * job.run_s > 0 for job in jobs], np.int64),
        left_out=len(facts.jobs) - len(jobs),
    )
    return pools, made, len(jobs)


def samples(facts: ProcessFacts, threads: dict[int, int], places: Places) -> Samples:
    """What threads did that have neither a loop nor jobs."""
    known = set(facts.line.loop_threads()) | {job.worker for job in facts.jobs}
    rows: list[tuple[int, float, float, int, int]] = []
    for number, own in facts.samples.items():
        if number in known or number not in threads:
            continue
        cpu = (own.cpu_last - own.cpu_first).tolist()
        stretches = zip(own.first.tolist(), own.last.tolist(), cpu, own.stack.tolist(), strict=True)
        before = -1.0
        for first, last, used, stack in stretches:
            if not stack:
                continue
            busy = int(used >= _BUSY * (last - first)) if last > first else 0
            start = before if 0 <= first - before < JOINED_S else first
            row = (threads[number], start, last, busy, places.innermost(facts, stack))
            if rows and start == before and (rows[-1][0], *rows[-1][3:]) == (row[0], *row[3:]):
                rows[-1] = (row[0], rows[-1][1], last, *row[3:])
            else:
                rows.append(row)
            before = last
    rows = rows[:MOST_SAMPLES]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return Samples(
        thread=np.array(columns[0], np.int64),
        start=np.array(columns[1], np.float64),
        end=np.array(columns[2], np.float64),
        busy=np.array(columns[3], np.int64),
        place=np.array(columns[4], np.int64),
    )
