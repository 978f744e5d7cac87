"""The user's functions that a library awaits in a loop of its own, one after another: a framework that resolves the
dependencies of a request in turn.

Each is measured like an await of the user's, in the library's call; that none needs what the one before did is read
from their signatures.  A loop whose results nobody takes (hooks, handlers of a signal), or that may stop at the first
(a chain of filters), is meant to go one after another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from asyncwhy.analysis.awaited import Call
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.overlap import Branch, Overlaps
from asyncwhy.analysis.rewiring import Rewiring
from asyncwhy.causes.connections import kept_connection
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import SHORT_S, Executed, Executions, hurts_by_itself
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.model import Effects, Related, Remedy, Safety, Site
from asyncwhy.source.interface import AwaitKind, Function, Loop

#: What ends a loop before its last turn.
_ENDS = re.compile(r"\s*(break|return)\b")


@dataclass(frozen=True, slots=True)
class Turn:
    """The await of the library's loop, one execution of it, the user's function that it awaited, and where that waited.

    `since` is when the turn of the loop began: what the function needs itself may have been awaited before it.
    """

    executed: Executed
    function: Function
    site: Site
    since: float

    @property
    def await_s(self) -> float:
        """Seconds that the turn waited."""
        one = self.executed.one
        return one.await_s + max(one.start - self.since, 0.0)


@dataclass(slots=True)
class Chain:
    """Functions that a library awaited one after another, and every time it did."""

    functions: tuple[Function, ...]
    runs: list[tuple[Call, list[Turn]]] = field(default_factory=list)

    @property
    def cost_s(self) -> float:
        """What they waited one after another, less what they would have together."""
        return sum(_saved(part) for _, part in self.runs)


def find(run: Run, slug: str) -> list[Draft]:
    """Such functions of which none needs another's answer."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        each = Executions(run, facts, of_libraries=True)
        chains: dict[tuple[Function, ...], Chain] = {}
        for call, executed in each.calls:
            for part in _parts(run, facts, call, executed):
                key = tuple(turn.function for turn in part)
                chains.setdefault(key, Chain(key)).runs.append((call, part))
        made.extend(_draft(run, facts, chain, slug) for chain in chains.values())
    return made


def _parts(run: Run, facts: ProcessFacts, call: Call, executed: list[Executed]) -> Iterator[list[Turn]]:
    """What followed each other in one loop of a library's call and could have overlapped."""
    part: list[Turn] = []
    loop: Loop | None = None
    for one in executed:
        if one.one.await_s < SHORT_S:
            continue
        turn = _turn(run, facts, call, one, part[-1].executed.one.end if part else one.one.start)
        if turn is not None and part and one.source.loop == loop and _joins(run, facts, call, part, turn):
            part.append(turn)
            continue
        if len(part) > 1:
            yield part
        turn = turn and replace(turn, since=one.one.start)
        part, loop = [turn] if turn is not None else [], one.source.loop
    if len(part) > 1:
        yield part


def _turn(run: Run, facts: ProcessFacts, call: Call, one: Executed, since: float) -> Turn | None:
    """None where the loop takes no result or may stop early, or where others bring about what is waited for."""
    source = one.source
    if source.loop is None or source.loop.kind != "for" or source.kind is not AwaitKind.AWAIT:
        return None
    if not source.assigns or one.one.turnstile or _ends_early(run, source.file, source.loop):
        return None
    stack = facts.stack(one.one.stack)
    site = stack[len(stack) - 2 - call.depth]
    function = run.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
    return None if function is None else Turn(one, function, site, since)


def _ends_early(run: Run, file: str, loop: Loop) -> bool:
    return any(_ENDS.match(run.source.line(file, line) or "") for line in range(loop.line, loop.end_line + 1))


def _joins(run: Run, facts: ProcessFacts, call: Call, part: list[Turn], turn: Turn) -> bool:
    """Whether it needs nothing of those before it, nor the connection that one of them used."""
    if any(run.source.may_need(turn.function, before.function) for before in part):
        return False
    kept = kept_connection(run.source, facts, call, turn.executed.one)
    return kept is None or all(
        kept_connection(run.source, facts, call, before.executed.one) != kept for before in part
    )


def _saved(part: list[Turn]) -> float:
    return sum(turn.await_s for turn in part) - max(turn.await_s for turn in part)


def _draft(run: Run, facts: ProcessFacts, chain: Chain, slug: str) -> Draft:
    call, part = max(chain.runs, key=lambda one: _saved(one[1]))
    cost, library = chain.cost_s, facts.origins.package(part[0].executed.source.file) or "the library"
    asked = _asked_by(facts, chain)
    site = asked or part[0].site
    stack = facts.stack(part[0].executed.one.stack)
    tasks = list(dict.fromkeys(each.task for each, _ in chain.runs))
    waited = [Related("awaited in turn", turn.site, _note(chain, at)) for at, turn in enumerate(part)]
    return Draft(
        cause=slug,
        facts=facts,
        site=site,
        words=_words(chain, library, asked),
        count=len(chain.runs),
        cost_s=cost,
        call=part[0].function.name,
        operation="wait",
        inside_library=library,
        stack=stack[len(stack) - 2 - call.depth :],
        related=(
            *(one for one in waited if one.site != site),
            Related("inside the library", _at(part[0]), f"`{library}` awaits each before the next"),
        ),
        effects=Effects(late_s=cost),
        remedies=_remedies(chain.functions),
        change=_change(facts, chain),
        worth=hurts_by_itself(run, facts, tasks, cost),
    )


def _asked_by(facts: ProcessFacts, chain: Chain) -> Site | None:
    """The user's function for whose request the library awaited them, as a rule."""
    found: Counter[Site] = Counter()
    for call, part in chain.runs:
        handler = facts.handlers.after(call.task, part[-1].executed.one.end)
        if handler is not None and facts.origins.is_user(handler):
            found[handler] += 1
    return found.most_common(1)[0][0] if found else None


def _at(turn: Turn) -> Site:
    source = turn.executed.source
    return Site(source.file, source.line, source.column, source.function, source.end_column)


def _note(chain: Chain, at: int) -> str:
    mean = sum(part[at].await_s for _, part in chain.runs) / len(chain.runs)
    begun = ", begun only then" if at else ""
    return f"`{chain.functions[at].name}` waited {seconds(mean)}{begun}"


def _change(facts: ProcessFacts, chain: Chain) -> Change:
    overlaps, rewired = Overlaps(facts.nodes), Rewiring()
    for call, part in chain.runs:
        branches = [Branch(turn.since, turn.executed.one.end) for turn in part]
        overlaps.together(rewired, call.task, branches, len(branches))
    return Change(rewired=rewired)


def _words(chain: Chain, library: str, asked: Site | None) -> Words:
    total = sum(turn.await_s for _, part in chain.runs for turn in part)
    would = seconds(total - chain.cost_s)
    names = ", ".join(f"`{function.name}`" for function in chain.functions)
    each = "" if len(chain.runs) == 1 else f", {times(len(chain.runs))}"
    whose = f" for `{asked.function.rpartition('.')[2]}`" if asked is not None else ""
    return Words(
        headline=f"`{library}` awaits {len(chain.functions)} of your functions in turn: {seconds(total)} where "
        f"{would} would do{each}",
        label=f"{names}: each begun when the one before was over; none needs another",
        message=(
            f"`{library}` resolves what it needs{whose} in a loop of its own, one after another: {names} waited "
            f"{seconds(total)} in all, and no data dependency was found between them; begun together they would "
            f"take {would}."
        ),
    )


def _remedies(functions: tuple[Function, ...]) -> tuple[Remedy, ...]:
    calls = ", ".join(f"{function.name}(...)" for function in functions)
    return (
        Remedy(
            f"give the library one function in place of these, which gathers: `await asyncio.gather({calls})`; "
            "if one of them refuses (an exception), the others have begun by then",
            Safety.CHANGES_BEHAVIOUR,
        ),
    )
