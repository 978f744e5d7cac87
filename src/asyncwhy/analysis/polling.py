"""Tasks that step again and again: how often, from where, at what cost, and whether anybody else noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.timeline import Floats, Ints
from asyncwhy.model import Site

#: A task that goes on within this of its last step (5 ms, two hundred times a second) may be polling; who looks
#: less often has chosen an interval, and costs next to nothing.
PERIOD_S = 0.005
#: Fewer turns than this are a pause, not polling.
FEWEST = 100
#: This share of the places seen must be one line.
ONE_LINE = 0.8
#: The functions in which a task that polls is suspended.
SLEEPS = frozenset(("sleep", "__sleep0", "checkpoint", "cancel_shielded_checkpoint"))


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
    made = []
    for ref in often:
        if ref in places:
            own = np.flatnonzero(line.ref == ref)
            one = _turns(facts, ref, own, places[ref])
            if one is not None:
                made.append(one)
    return made


def _places(facts: ProcessFacts, wanted: set[int]) -> dict[int, tuple[Site, ...]]:
    """Where each task nearly always stood, if that was a sleep."""
    seen: dict[int, Counter[int]] = {}
    for table in ("waits", "glances"):
        rows = facts.process.table(table)
        rows = rows[np.isin(rows["task"], list(wanted))]
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


def _turns(facts: ProcessFacts, ref: int, own: Ints, stack: tuple[Site, ...]) -> Turns | None:
    line = facts.line
    start, end = line.start[own], line.end[own]
    short = start[1:] - end[:-1] <= PERIOD_S
    count = int(short.sum())
    if count < FEWEST:
        return None
    spans = np.column_stack((end[:-1][short], end[1:][short]))
    lasted = float((spans[:, 1] - spans[:, 0]).sum())
    thread = int(line.thread[own[0]])
    idle = line.idle_thread == thread
    others = np.flatnonzero((line.thread == thread) & line.is_task & (line.ref != ref))
    cpu = lasted
    for low, high in ((line.idle_start[idle], line.idle_end[idle]), (line.start[others], line.end[others])):
        cpu -= _inside(spans, low, high)
    woke = np.unique(line.root[(line.root >= 0) & (line.ref != ref)])
    effect = float(np.isin(own, woke).sum()) / len(own)
    ran = float((end - start)[1:][short].sum())
    return Turns(
        ref, thread, count, stack, float(np.median(end - start)), lasted, max(cpu, ran), effect, spans
    )


def _inside(spans: Floats, starts: Floats, ends: Floats) -> float:
    """Seconds of the given intervals that lie inside the spans."""
    if not len(starts):
        return 0.0
    return float((held(spans, ends) - held(spans, starts)).sum())
