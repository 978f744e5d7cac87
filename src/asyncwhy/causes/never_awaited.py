"""`never-awaited`: a coroutine was made and dropped."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.runtimes import is_node
from asyncwhy.causes.seconds import times
from asyncwhy.model import Effects, Related, Site

SLUG = "never-awaited"


def find(run: Run) -> list[Draft]:
    """The runtime's own warnings, each at the line that made the coroutine."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        groups: dict[tuple[str, int, str], list[dict[str, Any]]] = defaultdict(list)
        sites: dict[tuple[str, int, str], tuple[Site, tuple[Site, ...]]] = {}
        for event in facts.process.named("never-awaited"):
            found = _site(run, facts, event)
            if found is not None and (not is_node(facts) or _dropped(run, found[0], event["name"])):
                key = (found[0].file, found[0].line, event["name"])
                groups[key].append(event)
                sites[key] = found
        for key, events in groups.items():
            made.append(_draft(run, facts, events, *sites[key]))
    return made


def _site(run: Run, facts: ProcessFacts, event: dict[str, Any]) -> tuple[Site, tuple[Site, ...]] | None:
    """The line that made the coroutine: the one that dropped it, if it calls it; else the one call of that
    name in the same function, or in the module, that nothing awaits."""
    stack = facts.stack(event["stack"])
    index = facts.origins.user_index(stack)
    name = event["name"].rpartition(".")[2]
    if index is not None:
        dropped = stack[index]
        call = run.source.call_at(dropped.file, dropped.line, callee_hint=name)
        if call is not None and call.name.rpartition(".")[2] == name:
            return Site(dropped.file, call.line, call.column, dropped.function, call.end_column), stack[
                index:
            ]
        function = run.source.function_at(dropped.file, dropped.line)
        if function is not None:
            calls = run.source.unawaited_calls(dropped.file, function, name)
            if calls:
                first = calls[0]
                return Site(
                    dropped.file, first.line, first.column, dropped.function, first.end_column
                ), stack[index:]
        made = _made_in_module(run, dropped.file, name)
        return made or dropped, stack[index:]
    place = facts.process.places.get(event.get("code", 0))
    if place is None or not facts.origins.is_user(place.site):
        return None
    site = _made_in_module(run, place.site.file, name) or _given(run, place.site.file, name) or place.site
    return site, (site,)


def _given(run: Run, file: str, name: str) -> Site | None:
    """The one call in the file that is given the function, as if it were a plain one: `call_later(1, self.expire)`."""
    given = {
        Site(file, call.line, call.column, call.function, call.end_column)
        for call in run.source.given_at(file, name)
    }
    return given.pop() if len(given) == 1 else None


def _called_at(run: Run, site: Site, name: str) -> bool:
    call = run.source.call_at(site.file, site.line, callee_hint=name.rpartition(".")[2])
    return call is not None and call.name.rpartition(".")[2] == name.rpartition(".")[2]


def _dropped(run: Run, site: Site, name: str) -> bool:
    """Whether the source does not say that the promise is wanted: by a name, `void`, or `.catch`."""
    function = run.source.function_at(site.file, site.line, site.function)
    calls = run.source.unawaited_calls(site.file, function, name) if function is not None else ()
    return any(call.line == site.line for call in calls)


def _made_in_module(run: Run, file: str, name: str) -> Site | None:
    """The one call of that name in the file that nothing awaits: a coroutine may be dropped far from there."""
    sure: set[Site] = set()
    bare: set[Site] = set()
    number = 1
    while (text := run.source.line(file, number)) is not None:
        if f"{name}(" in text and "def " not in text:
            function = run.source.function_at(file, number)
            for call in run.source.unawaited_calls(file, function, name) if function else ():
                sure.add(Site(file, call.line, call.column, call.function, call.end_column))
            written = run.source.call_at(file, number, callee_hint=name)
            if written is not None and not written.awaited and written.name.rpartition(".")[2] == name:
                bare.add(Site(file, written.line, written.column, written.function, written.end_column))
        number += 1
    found = sure or bare
    return found.pop() if len(found) == 1 else None


def _floating(name: str, count: int) -> Words:
    return Words(
        headline=f"`{name}` was called and never awaited",
        label="nothing waits for its promise: its caller was done before it",
        message=f"The promise of `{name}` was dropped here {times(count)}: whoever called went on and ended before it "
        "had, and an error of it would reach nobody.",
    )


def _draft(
    run: Run, facts: ProcessFacts, events: list[dict[str, Any]], site: Site, stack: tuple[Site, ...]
) -> Draft:
    name = events[0]["name"]
    place = facts.process.places.get(events[0].get("code", 0))
    related = list(called_from(run, facts, stack))
    if place is not None:
        related.insert(
            0,
            Related(
                "defined",
                place.site,
                f"`{name}` is {'an async' if is_node(facts) else 'a coroutine'} function",
            ),
        )
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_floating(name, len(events))
        if is_node(facts)
        else Words(
            headline=f"`{name}` was called and never awaited",
            label="given to something that calls it and awaits nothing"
            if run.source.given_at(site.file, name.rpartition(".")[2]) and not _called_at(run, site, name)
            else "made a coroutine that nothing ever ran",
            message=f"The coroutine `{name}` was made here {times(len(events))} and never awaited: its code did not run.",
        ),
        count=len(events),
        cost_s=None,
        call=name,
        operation="coroutine",
        stack=stack,
        related=tuple(related),
        effects=Effects(lost=len(events)),
        worth=True,
    )
