"""Awaits that could overlap and did not: what the two causes that find them share.

Measured waits are joined with the source: for every call of a function of the user's, which of its awaits it
executed, how long each waited, and in which loop of the source they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asyncwhy.analysis.awaited import Awaited, Call, calls
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.tasks import Task
from asyncwhy.causes.draft import Run
from asyncwhy.causes.origin import called_from, started_by, tasks_of
from asyncwhy.causes.worth import LEAST_S, LEAST_SHARE
from asyncwhy.model import Related, Site
from asyncwhy.source.interface import Await, AwaitKind, Loop

#: Awaits shorter than this on average overlap with nothing worth a task: making and waking one costs 0.1 ms.
SHORT_S = 0.002
#: An await whose jobs waited for workers for more than this share of it waited for those: see `pool-saturated`.
IN_QUEUE = 0.5
#: Where trio makes the task of the program.
TRIO_RUN = "/trio/_core/_run.py"


@dataclass(frozen=True, slots=True)
class Executed:
    """An await of the source, and one execution of it."""

    source: Await
    one: Awaited

    @property
    def sleeps(self) -> bool:
        """Whether it only passes time: that is wanted, and not work."""
        owner, _, last = self.source.call.rpartition(".")
        if self.source.call == "setTimeout":  # JavaScript's, however it is made a promise
            return True
        return last in ("sleep", "sleep_until", "sleep_forever") and owner in ("asyncio", "anyio", "trio")


@dataclass(slots=True)
class Turns:
    """One run of a loop: `fetched` are the waits for the next item, `turns` what each turn executed."""

    call: Call
    loop: Loop
    fetched: list[Executed]
    turns: list[list[Executed]]


class Executions:
    """Every call of a process with the awaits of the source that it executed; see `analysis.awaited.calls`."""

    def __init__(self, run: Run, facts: ProcessFacts, *, of_libraries: bool = False) -> None:
        self.run, self.facts = run, facts
        self._at: dict[Site, Await | None] = {}
        self._same: dict[Await, Await] = {}
        self.loops: list[Any] | None = None  # what `await_in_loop` found
        self.calls = [
            (call, executed)
            for call in calls(facts.line, facts.origins, of_libraries=of_libraries)
            if (executed := self._executed(call))
        ]

    def _executed(self, call: Call) -> list[Executed]:
        made = []
        for one in call.awaits:
            source = self.await_at(one.site)
            if source is None:
                return []
            if self.facts.queued(call.task, one.start, one.end) > IN_QUEUE * one.await_s:
                one.turnstile = True  # overlapping it gains nothing: workers are no sooner free
            made.append(Executed(source, one))
        return made

    def await_at(self, site: Site) -> Await | None:
        """The await of the source at a site; None where there is none, or more than one that it might be."""
        if site not in self._at:
            found = self._find(site)
            # One object for each await, so that they can be compared by identity.
            self._at[site] = found and self._same.setdefault(found, found)
        return self._at[site]

    def _find(self, site: Site) -> Await | None:
        function = self.run.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        if function is None:
            return None
        own = self.run.source.awaits(site.file, function)
        here = [one for one in own if one.extent.line <= site.line <= one.extent.end_line]
        if len(here) > 1 and site.column:
            exact = [one for one in here if (one.line, one.column) == (site.line, site.column)]
            covering = [
                one for one in here if one.line == site.line and one.column <= site.column < one.end_column
            ]
            here = exact or sorted(covering, key=_size)[:1] or here
        elif not here:
            # The way out of an `async with` stands at its keyword.
            here = [one for one in own if one.kind is not AwaitKind.AWAIT and one.line == site.line]
        return here[0] if len(here) == 1 else None


def _size(one: Await) -> tuple[int, int]:
    """Of several awaits around a place the smallest is meant: V8 places an await at its operand."""
    return (one.extent.end_line - one.extent.line, one.end_column - one.column)


def turns_of(facts: ProcessFacts, call: Call, executed: list[Executed]) -> Iterator[Turns]:
    """The runs of loops among what one call executed, each with its turns."""
    at = 0
    while at < len(executed):
        loop = executed[at].source.loop or _own_loop(executed, at)
        end = at + 1
        while end < len(executed) and loop is not None and _in(executed[end].source, loop):
            end += 1
        if loop is not None and end - at > 1:
            yield _split(facts, call, loop, executed[at:end])
        at = end


def _own_loop(executed: list[Executed], at: int) -> Loop | None:
    """The `async for` whose header this is, as what follows it in its body knows it."""
    source = executed[at].source
    if source.kind is AwaitKind.ASYNC_FOR and at + 1 < len(executed):
        loop = executed[at + 1].source.loop
        if loop is not None and is_header(source, loop):
            return loop
    return None


def is_header(source: Await, loop: Loop) -> bool:
    """Whether the await is the loop's own wait for its next item."""
    if loop.take is not None:
        return source.extent == loop.take
    return (
        source.kind is AwaitKind.ASYNC_FOR
        and source.loop != loop
        and (loop.line <= source.line <= loop.end_line and source.text == loop.iterable)
    )


def _in(source: Await, loop: Loop) -> bool:
    return source.loop == loop or is_header(source, loop)


def _split(facts: ProcessFacts, call: Call, loop: Loop, executed: list[Executed]) -> Turns:
    made = Turns(call, loop, [], [])
    last: tuple[int, int] | None = None
    left = False
    for each in executed:
        if is_header(each.source, loop):
            made.fetched.append(each)
            last = None
            continue
        place = (each.source.line, each.source.column)
        leaves = _leaves(facts, call, each)
        if last is None or (place <= last and not leaves) or (place == last and left):
            made.turns.append([])
        made.turns[-1].append(each)
        last, left = place, leaves
    return made


def _leaves(facts: ProcessFacts, call: Call, each: Executed) -> bool:
    """Whether it waited on the way out of an `async with`, which stands where the way in does."""
    stack = facts.stack(each.one.stack)
    inside = len(stack) - 2 - call.depth
    return (
        each.source.kind is AwaitKind.ASYNC_WITH
        and inside >= 0
        and stack[inside].function.rpartition(".")[2] == "__aexit__"
    )


def unread_targets(run: Run, loop: Loop, awaits: tuple[Await, ...]) -> bool:
    """Whether nothing in the loop uses what it runs over: every turn does the same again."""
    file = awaits[0].file
    text = "\n".join(run.source.line(file, line) or "" for line in range(loop.line, loop.end_line + 1))
    names = [name for name in loop.targets if name.isidentifier()]
    return all(len(re.findall(rf"\b{re.escape(name)}\b", text)) <= 1 for name in names)


def through_library(facts: ProcessFacts, one: Awaited) -> bool:
    """Whether it waited for a peer: through a library or asyncio's streams."""
    stack = facts.stack(one.stack)
    return any(
        facts.origins.package(site.file) or site.file.endswith(("asyncio/streams.py", "asyncio/sslproto.py"))
        for site in stack
    )


def site_of(source: Await) -> Site:
    """Where an await stands."""
    return Site(source.file, source.line, source.column, source.function, source.end_column)


def own_stack(facts: ProcessFacts, call: Call, one: Awaited) -> tuple[Site, ...]:
    """The stack of an execution's longest wait from the call's own line outwards."""
    stack = facts.stack(one.stack)
    return stack[len(stack) - 1 - call.depth :]


def began_before(facts: ProcessFacts, executed: Executed, since: float) -> bool:
    """Whether it waited for a task that had been started by `since`: that overlapped already."""
    if executed.one.begun is not None and executed.one.begun < since - 1e-6:
        return True
    other = facts.task_of(executed.one.other)
    return other is not None and other.created < since - 1e-6


def told(run: Run, facts: ProcessFacts, tasks: list[int], stack: tuple[Site, ...]) -> tuple[Related, ...]:
    """Who called the function, and who started its tasks."""
    related = list(called_from(run, facts, stack))
    starter = started_by(facts, tasks_of(facts, tasks))
    if starter is not None:
        related.append(starter)
    return tuple(related)


def hurts_by_itself(run: Run, facts: ProcessFacts, tasks: list[int], cost_s: float) -> bool:
    """Whether whoever asked waited the longer, though the run as a whole may not be any shorter: in a program
    that never ends, and in tasks that a server's library made for each request, or that were made for those."""
    serves = all(_serves(run, facts, task) for task in dict.fromkeys(tasks))
    return (run.facts.endless or serves) and cost_s >= max(LEAST_S, LEAST_SHARE * run.facts.wall_s)


def _serves(run: Run, facts: ProcessFacts, number: int) -> bool:
    """Whether a task is a request's: no line of the user's made it, or nobody's did the one from which it comes, which
    a loop's callback made (a connection, data that arrived); what runs the program is made before its loop runs."""
    kept: dict[tuple[int, int], bool] = run.__dict__.setdefault("_serving", {})
    key, task = (facts.process.index, number), facts.task_of(number)
    if key not in kept:
        kept[key] = task is not None and (_nobodys(facts, task) or _comes_of_request(facts, task))
    return kept[key]


def _comes_of_request(facts: ProcessFacts, task: Task) -> bool:
    while task.parent in facts.line.tasks:
        task = facts.line.tasks[task.parent]
    runs = [run for run in facts.line.loops if run.thread == task.thread and run.start <= task.created]
    return bool(runs) and _nobodys(facts, task) and not _is_trios_main(facts, task)


def _is_trios_main(facts: ProcessFacts, task: Task) -> bool:
    """Whether it is what `trio.run` was given, which trio makes when its loop runs already."""
    stack = facts.stack(task.stack)
    return any(site.file.endswith(TRIO_RUN) and site.function.rpartition(".")[2] == "init" for site in stack)


def _nobodys(facts: ProcessFacts, task: Task) -> bool:
    return not any(facts.origins.is_user(site) for site in facts.stack(task.stack))


def executions(run: Run) -> list[Executions]:
    """Those of every process, worked out once for a run."""
    kept: list[Executions] | None = run.__dict__.get("_executions")
    if kept is None:
        kept = run.__dict__["_executions"] = [Executions(run, facts) for facts in run.facts.processes]
    return kept
