"""`await-in-loop`: a loop awaits each item before it begins the next."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.overlap import Overlaps
from asyncwhy.analysis.rewiring import Rewiring
from asyncwhy.causes import batches, libraries, run_in_loop, streams
from asyncwhy.causes.connections import kept_connection
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import (
    SHORT_S,
    Executed,
    Executions,
    Turns,
    began_before,
    executions,
    hurts_by_itself,
    own_stack,
    site_of,
    through_library,
    told,
    turns_of,
    unread_targets,
)
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.streams import AT_ONCE, Stretch
from asyncwhy.model import Effects, Related
from asyncwhy.source.interface import Await, Confidence, Loop

SLUG = "await-in-loop"

#: So many tasks of one maker that run the same loop at the same time are a bounded fan-out already.
WORKERS = 4
#: Of those that work off one thing together, so many are a bound that somebody chose.
SHARERS = 2
#: So many items must have been there before the turn before them was over: one may come a moment too early.
LEAST_ITEMS = 2


@dataclass(slots=True)
class Found:
    """A loop whose turns could overlap, the awaits of its body, every time it ran, and the stretches of each."""

    loop: Loop
    awaits: tuple[Await, ...]
    runs: list[Turns] = field(default_factory=list)
    parts: list[list[Stretch]] = field(default_factory=list)

    @property
    def late(self) -> int:
        """How many items were there before the turn before them was over."""
        return sum(map(streams.late, self.parts))

    @property
    def brought(self) -> bool:
        """Whether it takes what others bring as they bring it."""
        return self.loop.take is not None or self.loop.brought

    @property
    def dispatches(self) -> bool:
        """Whether it does, and was behind."""
        return self.brought and self.late > 0

    @property
    def saved(self) -> float:
        """What the turns waited, less what they would together."""
        if self.brought or not any(turns.fetched for turns in self.runs):
            return self.late_s
        return sum(map(streams.saved_ahead, self.parts))

    @property
    def late_s(self) -> float:
        """The same of what was there already: nobody waits for a turn in vain who comes only after it."""
        return sum(map(streams.saved, self.parts))

    def heaviest(self) -> tuple[Await, list[Await]]:
        """The await that waited longest in all, and the others that waited."""
        weight: dict[int, float] = defaultdict(float)
        for turns in self.runs:
            for turn in turns.turns:
                for one in turn:
                    weight[id(one.source)] += one.one.await_s
        first = max(self.awaits, key=lambda source: weight[id(source)])
        return first, [one for one in self.awaits if one is not first and weight[id(one)] > 0]

    def longest(self, source: Await) -> tuple[Turns, Executed]:
        """Where that await waited longest at once."""
        each = [
            (turns, one)
            for turns in self.runs
            for turn in turns.turns
            for one in turn
            if one.source is source
        ]
        return max(each, key=lambda pair: pair[1].one.longest_s)

    def change(self, facts: ProcessFacts) -> Change:
        """The turns overlap."""
        overlaps, rewired = Overlaps(facts.nodes), Rewiring()
        for turns, parts in zip(self.runs, self.parts, strict=True):
            streams.overlap(overlaps, rewired, turns.call.task, parts, pinned=self.brought)
        return Change(rewired=rewired)


def find(run: Run) -> list[Draft]:
    """Loops that wait in every turn for something of which the next turn, as it seems, has no need."""
    made: list[Draft] = []
    for each in executions(run):
        made += [_draft(run, each.facts, found) for found in loops(run, each) if not found.dispatches]
        made += batches.find(run, each, SLUG)
    return made + run_in_loop.find(run, SLUG)


def claimed(run: Run, each: Executions) -> set[int]:
    """The identities of the awaits that are told as a loop's."""
    return {id(one) for found in loops(run, each) for one in found.awaits}


def loops(run: Run, each: Executions) -> list[Found]:
    """The loops of a process whose turns could overlap; those that dispatch are told by `serial-dispatch`."""
    if each.loops is None:
        each.loops = _search(run, each)
    return each.loops


def _search(run: Run, each: Executions) -> list[Found]:
    found: dict[tuple[str, int, str], Found] = {}
    for call, executed in each.calls:
        for turns in turns_of(each.facts, call, executed):
            if _eligible(each.facts, turns) and not _dispatches(turns.loop, executed):
                source = turns.turns[0][0].source
                key = (source.file, turns.loop.line, turns.loop.kind)
                one = found.setdefault(key, Found(turns.loop, ()))
                one.runs.append(turns)
                one.parts.append(streams.stretches(each.facts, turns))
    for one in found.values():
        own = {id(e.source): e.source for turns in one.runs for turn in turns.turns for e in turn}
        one.awaits = tuple(sorted(own.values(), key=lambda source: (source.line, source.column)))
    return [
        one
        for one in found.values()
        if (one.loop.take is None or one.late >= LEAST_ITEMS)
        and _independent(run, one)
        and not _on_one_connection(run, each.facts, one)
        and not _wanted(run, each.facts, one)
    ]


def _eligible(facts: ProcessFacts, turns: Turns) -> bool:
    """Whether a run of a loop waited, more than once, for something outside that it began itself."""
    own = [one for turn in turns.turns for one in turn]
    lengths = [sum(one.one.await_s for one in turn) for turn in turns.turns]
    if turns.loop.kind == "while" and turns.loop.take is None and not turns.loop.drains:
        return False
    if len(lengths) < 2 or sum(lengths) < SHORT_S * len(lengths) or streams.from_channel(facts, turns):
        return False
    idle = sum(one.one.await_s for one in own if one.one.turnstile)
    begun = own[0].one.end
    return (
        2 * idle < sum(lengths)
        and not _fans_out(facts, turns)
        and not any(began_before(facts, one, begun) for one in own[1:])
    )


def _fans_out(facts: ProcessFacts, turns: Turns) -> bool:
    """Whether a turn waits for several tasks together: one for which it makes but one (a group inside the
    loop) is a wait like any other.  What the first turn made is not told from what came before it."""
    before = None
    for executed in (one for turn in turns.turns for one in turn):
        one = executed.one
        if one.joins and before is not None and _made(facts, turns.call.task, before, one.end) != 1:
            return True
        before = one.end
    return False


def _made(facts: ProcessFacts, task: int, since: float, until: float) -> int:
    """How many tasks a task made between two moments."""
    own = facts.children.get(task, [])
    return bisect_right(own, until) - bisect_right(own, since)


def _dispatches(loop: Loop, executed: list[Executed]) -> bool:
    """Whether the loop stands in one that takes messages as others bring them: see `serial-dispatch`."""
    return any(
        one.one.turnstile
        and around.kind != "for"
        and around.line < loop.line
        and loop.end_line <= around.end_line
        for one in executed
        if (around := one.source.loop) is not None
    )


def _independent(run: Run, found: Found) -> bool:
    answer = run.source.independent_turns(found.awaits[0].file, found.awaits, fed=found.dispatches)
    return answer.independent and answer.confidence is not Confidence.LOW


def _on_one_connection(run: Run, facts: ProcessFacts, found: Found) -> bool:
    return any(
        kept_connection(run.source, facts, turns.call, one.one) is not None
        for turns in found.runs
        for turn in turns.turns[:1]
        for one in turn
    )


def _wanted(run: Run, facts: ProcessFacts, found: Found) -> bool:
    """Whether the loop is as it should be: one of several workers, or a client that makes load."""
    makers: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for turns in found.runs:
        task = facts.task_of(turns.call.task)
        if task is not None and task.parent:
            ends = (turns.turns[0][0].one.start, turns.turns[-1][-1].one.end)
            makers[task.parent, task.stack].append(ends)
    enough = SHARERS if found.loop.drains else WORKERS
    if any(_most_at_once(spans) >= enough for spans in makers.values()):
        return True
    if found.dispatches or not unread_targets(run, found.loop, found.awaits):
        return False
    known = libraries.used(facts)
    return any(
        through_library(facts, one.one) or one.source.call.partition(".")[0] in known
        for turns in found.runs
        for turn in turns.turns
        for one in turn
    )


def _most_at_once(spans: list[tuple[float, float]]) -> int:
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def _draft(run: Run, facts: ProcessFacts, found: Found) -> Draft:
    cost = found.saved
    first, others = found.heaviest()
    tasks = list(dict.fromkeys(each.call.task for each in found.runs))
    turns, longest = found.longest(first)
    stack = own_stack(facts, turns.call, longest.one)
    related = [Related("and", site_of(one), "in the same turn") for one in others]
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site_of(first),
        words=_words(found, first, cost),
        count=sum(len(each.turns) for each in found.runs),
        cost_s=cost,
        call=first.call,
        operation="wait",
        stack=stack,
        related=(*related, *told(run, facts, tasks, stack)),
        effects=Effects(late_s=cost),
        awaits=(first,),
        change=found.change(facts),
        worth=hurts_by_itself(run, facts, tasks, found.late_s),
    )


def _words(found: Found, first: Await, cost: float) -> Words:
    lengths = [sum(one.one.await_s for one in turn) for turns in found.runs for turn in turns.turns]
    total, count = sum(lengths), len(lengths)
    bound = f", {AT_ONCE} at a time" if max(len(turns.turns) for turns in found.runs) > AT_ONCE else ""
    would = f"{seconds(total - cost)} would do{bound}"
    return Words(
        headline=f"{count} awaits of one line, one at a time: {seconds(total)} where {would}",
        label=f"waited {count} times, {seconds(total / count)} each; no data dependency found between the turns",
        message=(
            f"the loop on line {found.loop.line} of `{first.function}` awaits in each of its turns, and no data "
            f"dependency was found between them: {count} turns waited {seconds(total)}, where {would}."
        ),
    )
