"""`sequential-awaits`: consecutive awaits with no data dependency, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from asyncwhy.analysis.awaited import Call
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.overlap import Branch, Overlaps
from asyncwhy.analysis.rewiring import Rewiring
from asyncwhy.causes import await_in_loop, in_turn
from asyncwhy.causes.connections import kept_connection
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import (
    SHORT_S,
    Executed,
    Executions,
    began_before,
    executions,
    hurts_by_itself,
    own_stack,
    site_of,
    told,
)
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.model import Effects, Related
from asyncwhy.source.interface import Await, Confidence, Independence

SLUG = "sequential-awaits"


@dataclass(slots=True)
class Group:
    """Awaits of one function that could overlap, and every time they ran one after another."""

    awaits: tuple[Await, ...]
    runs: list[tuple[Call, list[Executed]]] = field(default_factory=list)


def find(run: Run) -> list[Draft]:
    """Groups of awaits that wait one after another and, as far as one can tell, need not."""
    made: list[Draft] = []
    for each in executions(run):
        finder = _Finder(run, each)
        made.extend(_draft(run, each.facts, group) for group in finder.groups())
    return made + in_turn.find(run, SLUG)


class _Finder:
    def __init__(self, run: Run, each: Executions) -> None:
        self.run, self.each = run, each
        self.looped = await_in_loop.claimed(run, each)
        self.known: dict[tuple[int, ...], Independence] = {}

    def groups(self) -> list[Group]:
        """Those found in all calls; one that ran in part is counted with the whole."""
        found: dict[tuple[int, ...], Group] = {}
        for call, executed in self.each.calls:
            for part in self._parts(call, executed):
                key = tuple(id(one.source) for one in part)
                group = found.setdefault(key, Group(tuple(one.source for one in part)))
                group.runs.append((call, part))
        made: list[Group] = []
        for key in sorted(found, key=len, reverse=True):
            whole = next((one for one in made if set(key) <= {id(each) for each in one.awaits}), None)
            if whole is None:
                made.append(found[key])
            else:
                whole.runs.extend(found[key].runs)
        return made

    def _parts(self, call: Call, executed: list[Executed]) -> Iterator[list[Executed]]:
        """What followed each other in the order of the source and could have overlapped."""
        part: list[Executed] = []
        ended = 0.0
        for one in executed:
            fits = self._fits(one, ended)
            ended = one.one.end
            if fits and part and self._may_join(call, part, one):
                part.append(one)
                continue
            if fits is None:
                continue
            if len(part) > 1:
                yield part
            part = [one] if fits else []
        if len(part) > 1:
            yield part

    def _fits(self, one: Executed, ended: float) -> bool | None:
        """Whether it may be one of a group; None where it is too short to matter or to part others."""
        if one.one.await_s < SHORT_S:
            return None
        alone = one.one.turnstile or one.sleeps or id(one.source) in self.looped
        return not alone and not (ended and began_before(self.each.facts, one, ended))

    def _may_join(self, call: Call, part: list[Executed], one: Executed) -> bool:
        if not _forward(part[-1], one) or not self._independent([*part, one]):
            return False
        kept = self._connection(call, one)
        return kept is None or all(self._connection(call, other) != kept for other in part)

    def _connection(self, call: Call, one: Executed) -> str | None:
        return kept_connection(self.run.source, self.each.facts, call, one.one)

    def _independent(self, part: list[Executed]) -> bool:
        key = tuple(id(one.source) for one in part)
        answer = self.known.get(key)
        if answer is None:
            awaits = tuple(one.source for one in part)
            answer = self.known[key] = self.run.source.independent(awaits[0].file, awaits)
        if not answer.independent or answer.confidence is Confidence.LOW:
            return False
        # Whole phases, whose results nobody takes, are meant to follow each other.
        return answer.confidence is Confidence.HIGH or not any(one.one.joins for one in part)


def _forward(before: Executed, after: Executed) -> bool:
    return (before.source.line, before.source.column) < (after.source.line, after.source.column)


def _saved(part: list[Executed]) -> float:
    lengths = [one.one.await_s for one in part]
    return sum(lengths) - max(lengths)


def _draft(run: Run, facts: ProcessFacts, group: Group) -> Draft:
    cost = sum(_saved(part) for _, part in group.runs)
    call, part = max(group.runs, key=lambda one: _saved(one[1]))
    first = group.awaits[0]
    stack = own_stack(facts, call, part[0].one)
    related = [Related("and", site_of(one), _note(group, one)) for one in group.awaits[1:]]
    tasks = list(dict.fromkeys(each.task for each, _ in group.runs))
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site_of(first),
        words=_words(group, first, cost),
        count=len(group.runs),
        cost_s=cost,
        call=first.call,
        operation="wait",
        stack=stack,
        related=(*related, *told(run, facts, tasks, stack)),
        effects=Effects(late_s=cost),
        awaits=group.awaits,
        change=_change(facts, group),
        worth=hurts_by_itself(run, facts, tasks, cost),
    )


def _change(facts: ProcessFacts, group: Group) -> Change:
    overlaps, rewired = Overlaps(facts.nodes), Rewiring()
    for call, part in group.runs:
        branches = [Branch(one.one.start, one.one.end) for one in part]
        overlaps.together(rewired, call.task, branches, len(branches))
    return Change(rewired=rewired)


def _mean(group: Group, source: Await) -> float:
    lengths = [one.one.await_s for _, part in group.runs for one in part if one.source is source]
    return sum(lengths) / max(len(lengths), 1)


def _note(group: Group, source: Await) -> str:
    return f"waited {seconds(_mean(group, source))}, begun only then"


def _words(group: Group, first: Await, cost: float) -> Words:
    total = sum(one.one.await_s for _, part in group.runs for one in part)
    count = len(group.awaits)
    lines = ", ".join(str(one.line) for one in group.awaits)
    each = "" if len(group.runs) == 1 else f", {times(len(group.runs))}"
    return Words(
        headline=f"{count} awaits one after another: {seconds(total)} where {seconds(total - cost)} would do{each}",
        label=f"waited {seconds(_mean(group, first))}; no data dependency found with what follows",
        message=(
            f"`{first.function}` makes {count} awaits one after another (lines {lines}), and no data dependency "
            f"was found between them: together they waited {seconds(total)}; begun together they would take "
            f"{seconds(total - cost)}."
        ),
    )
