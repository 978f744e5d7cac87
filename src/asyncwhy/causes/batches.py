"""Loops over batches: each waits for the slowest of its own before the next one begins, while places are free."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heapreplace

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import (
    SHORT_S,
    Executed,
    Executions,
    Turns,
    hurts_by_itself,
    own_stack,
    site_of,
    told,
    turns_of,
)
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Remedy, Safety
from asyncwhy.source.interface import Await

#: Batches of calls that take about as long as each other lose little, and bound the memory too: another shape of the
#: program must save this share of what they took.
SHARE = 0.25


@dataclass(slots=True)
class Batches:
    """A wait for several tasks together in a loop, every run of the loop, and how long the tasks of each turn took."""

    source: Await
    runs: list[Turns] = field(default_factory=list)
    lengths: list[list[list[float]]] = field(default_factory=list)

    @property
    def took_s(self) -> float:
        """What all turns waited."""
        return sum(turn[0].one.await_s for turns in self.runs for turn in turns.turns)

    @property
    def saved_s(self) -> float:
        """What they waited, less what a window as wide as the widest batch would."""
        would = 0.0
        for batches in self.lengths:
            lanes = [0.0] * max(map(len, batches))
            for length in (length for batch in batches for length in batch):
                heapreplace(lanes, lanes[0] + length)
            would += max(lanes)
        return self.took_s - would

    @property
    def widest(self) -> int:
        """The tasks of the widest batch."""
        return max(len(batch) for batches in self.lengths for batch in batches)


def find(run: Run, each: Executions, slug: str) -> list[Draft]:
    """Batches of which the next one could have begun where the one before had left places free."""
    found: dict[int, Batches] = {}
    tasks = _Children(each.facts)
    for call, executed in each.calls:
        for turns in turns_of(each.facts, call, executed):
            lengths = _lengths(tasks, turns)
            if lengths is not None:
                source = turns.turns[0][0].source
                one = found.setdefault(id(source), Batches(source))
                one.runs.append(turns)
                one.lengths.append(lengths)
    return [
        _draft(run, each.facts, one, slug)
        for one in found.values()
        if one.saved_s >= max(SHARE * one.took_s, SHORT_S) and _only_batches(run, one)
    ]


class _Children:
    """The tasks that each task made, in order, and how long they took."""

    def __init__(self, facts: ProcessFacts) -> None:
        self.facts = facts
        self._made: dict[int, list[tuple[float, int]]] | None = None
        self._ends: dict[int, float] = {}

    def waited_for(self, task: int, since: float, start: float, end: float) -> list[tuple[int, float]]:
        """Those that a task made since a moment and waited for from `start` until `end`, and how long they took."""
        if self._made is None:
            self._made = self._collect()
        own = self._made.get(task, [])
        part = own[bisect_right(own, (since, -1)) : bisect_right(own, (end, -1))]
        ends = [(number, created, self._ends.get(number, created)) for created, number in part]
        return [(number, over - created) for number, created, over in ends if start < over <= end + SHORT_S]

    @cached_property
    def held_up(self) -> set[int]:
        """The tasks that queued for a lock, a limit, a channel or a worker: a window would not be spared that."""
        queued = {one.task for one in self.facts.contention.queued}
        return queued | {job.task for job in self.facts.jobs if job.queued_s > SHORT_S}

    def _collect(self) -> dict[int, list[tuple[float, int]]]:
        line = self.facts.line
        made: dict[int, list[tuple[float, int]]] = defaultdict(list)
        columns = (line.tasks.parent, line.tasks.created, line.tasks.number)
        for parent, created, number in zip(*(column.tolist() for column in columns), strict=True):
            made[parent].append((created, number))
        for own in made.values():
            own.sort()
        last = np.lexsort((line.end, line.ref))
        self._ends = dict(zip(line.ref[last].tolist(), line.end[last].tolist(), strict=True))
        return made


def _lengths(tasks: _Children, turns: Turns) -> list[list[float]] | None:
    """How long the tasks of each turn took, where every turn waited for tasks of its own and for nothing else."""
    if turns.loop.kind not in ("for", "async-for", "comprehension") or len(turns.turns) < 2 or turns.fetched:
        return None
    if not all(_is_one_batch(turn) for turn in turns.turns):
        return None
    found = []
    before = turns.turns[0][0].one.start - SHORT_S  # those of the first are made in the step that awaits them
    for turn in turns.turns:
        one = turn[0].one
        made = tasks.waited_for(turns.call.task, before, one.start, one.end)
        if tasks.held_up.intersection(number for number, _ in made):
            return None
        found.append([length for _, length in made])
        before = one.end
    return found if min(map(len, found)) > 0 and max(map(len, found)) > 1 else None


def _is_one_batch(turn: list[Executed]) -> bool:
    return len(turn) == 1 and turn[0].one.joins and turn[0].one.await_s > 0


def _only_batches(run: Run, found: Batches) -> bool:
    """Whether the loop awaits nothing else, and no turn needs what another one did."""
    source, loop = found.source, found.runs[0].loop
    others = [
        one
        for one in run.source.awaits(source.file, source.function)
        if one != source and loop.line <= one.line <= loop.end_line
    ]
    return not others and run.source.independent_turns(source.file, (source,), batches=True).independent


def _draft(run: Run, facts: ProcessFacts, found: Batches, slug: str) -> Draft:
    saved, took = found.saved_s, found.took_s
    calls = [turns.call for turns in found.runs]
    tasks = list(dict.fromkeys(call.task for call in calls))
    turn = max((turn[0] for turns in found.runs for turn in turns.turns), key=lambda one: one.one.longest_s)
    call = next(turns.call for turns in found.runs if any(turn in one for one in turns.turns))
    stack = own_stack(facts, call, turn.one)
    count = sum(len(batches) for batches in found.lengths)
    alone = all((task := facts.task_of(number)) is not None and not task.parent for number in tasks)
    would = f"{seconds(took - saved)} would do with {found.widest} always under way"
    return Draft(
        cause=slug,
        facts=facts,
        site=site_of(found.source),
        words=Words(
            headline=f"each of {count} batches waits for its slowest: {seconds(took)} where {would}",
            label=f"waited {count} times for the slowest of up to {found.widest}",
            message=(
                f"the loop of `{found.source.function}` begins a batch only when the slowest call of the one before "
                f"is over: {count} batches took {seconds(took)}; {would}."
            ),
        ),
        count=count,
        cost_s=saved,
        call=found.source.call,
        operation="wait",
        stack=stack,
        related=told(run, facts, tasks, stack),
        effects=Effects(late_s=saved),
        remedies=(
            Remedy(
                f"a window instead of batches: all tasks in one group, each under one "
                f"`asyncio.Semaphore({found.widest})` (or a limiter of that many), so that the next begins when any "
                "is over",
                Safety.CHANGES_BEHAVIOUR,
                possible_s=max(run.facts.wall_s - saved, 0.0) if alone and not run.facts.endless else None,
            ),
        ),
        saved_s=saved if alone else None,
        worth=hurts_by_itself(run, facts, tasks, saved),
    )
