"""Tasks that step again and again: how often, from where, at what cost, and whether anybody else noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.standing import SLEEPS
from asyncwhy.analysis.timeline import Floats, Ints, Timeline
from asyncwhy.model import Site

#: A task that goes on within this of its last step (5 ms, two hundred times a second) may be polling; who looks
#: less often has chosen an interval, and costs next to nothing.
PERIOD_S = 0.005
#: Fewer turns than this are a pause, not polling.
FEWEST = 100
#: This share of the places seen must be one line.
ONE_LINE = 0.8


@dataclass(frozen=True)
class Turns:
    """The short turns of one task: how many, where it stood between them (innermost first), the length of
    one step, the seconds over which they went on, the CPU they took, and the share that made others go on."""

    task: int
    thread: int
    count: int
    stack: tuple[Site, ...]
    step_s: float
    lasted_s: float
    cpu_s: float
    effect: float
    spans: Floats


def turns(facts: ProcessFacts) -> list[Turns]:
    """The tasks of the process that may be polling."""
    line = facts.line
    refs, counts = np.unique(line.ref[line.is_task], return_counts=True)
    often = refs[counts >= FEWEST].tolist()
    if not often:
        return []
    places = _places(facts, set(often))
    beside = _Beside(line)
    order = np.flatnonzero(np.isin(line.ref, list(places)))
    order = order[np.argsort(line.ref[order], kind="stable")]
    tasks, firsts = np.unique(line.ref[order], return_index=True)
    made = []
    for ref, own in zip(tasks.tolist(), np.split(order, firsts[1:]), strict=False):
        one = _turns(beside, ref, own, places[ref])
        if one is not None:
            made.append(one)
    return made


class _Beside:
    """What the tasks of a process are compared with: its idle times, all its tasks' steps, who woke whom."""

    def __init__(self, line: Timeline) -> None:
        self.line = line
        self.woke = line.woke
        self._idle: dict[int, Held] = {}
        self._steps: dict[int, Held] = {}

    def idle(self, thread: int) -> Held:
        """The times in which the thread's loop had nothing to do."""
        if thread not in self._idle:
            line, own = self.line, self.line.idle_thread == thread
            self._idle[thread] = Held(np.column_stack((line.idle_start[own], line.idle_end[own])))
        return self._idle[thread]

    def steps(self, thread: int) -> Held:
        """The steps of all tasks on the thread."""
        if thread not in self._steps:
            line, own = self.line, (self.line.thread == thread) & self.line.is_task
            self._steps[thread] = Held(np.column_stack((line.start[own], line.end[own])))
        return self._steps[thread]


def _places(facts: ProcessFacts, wanted: set[int]) -> dict[int, tuple[Site, ...]]:
    """Where each task nearly always stood, if that was a sleep."""
    seen: dict[int, Counter[int]] = {}
    for table in ("waits", "glances"):
        rows = facts.process.table(table)
        rows = rows[np.isin(rows["task"], list(wanted))]
        if table == "waits":  # what it waits for longer is another thing than what it polls for
            rows = rows[rows["await_s"] <= PERIOD_S]
        for task, stack in zip(rows["task"].tolist(), rows["stack"].tolist(), strict=True):
            seen.setdefault(task, Counter())[stack] += 1
    made = {}
    for task, stacks in seen.items():
        by_line: Counter[Site | None] = Counter()
        for stack, count in stacks.items():
            by_line[facts.origins.user_site(facts.stack(stack))] += count
        site, count = by_line.most_common(1)[0]
        if site is None or count < ONE_LINE * sum(by_line.values()):
            continue
        sites = next(
            facts.stack(stack)
            for stack, _ in stacks.most_common()
            if facts.origins.user_site(facts.stack(stack)) == site
        )
        if any(one.function.rpartition(".")[2] in SLEEPS for one in sites[: sites.index(site)]):
            made[task] = sites
    return made


def _turns(beside: _Beside, ref: int, own: Ints, stack: tuple[Site, ...]) -> Turns | None:
    line = beside.line
    start, end = line.start[own], line.end[own]
    short = start[1:] - end[:-1] <= PERIOD_S
    count = int(short.sum())
    if count < FEWEST:
        return None
    spans = np.column_stack((end[:-1][short], end[1:][short]))
    lasted = float((spans[:, 1] - spans[:, 0]).sum())
    thread = int(line.thread[own[0]])
    ran = float((end - start)[1:][short].sum())
    # Of the time between its turns, what was neither idle nor another task's.
    cpu = lasted - beside.idle(thread).inside(spans) - (beside.steps(thread).inside(spans) - ran)
    effect = float(beside.woke[own].mean())
    return Turns(
        ref, thread, count, stack, float(np.median(end - start)), lasted, max(cpu, ran), effect, spans
    )
