"""Which functions of the user's ran inside tasks that libraries made: a server's requests, a portal's calls."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.causes.draft import Run
from asyncwhy.model import Site


def inside(run: Run, facts: ProcessFacts) -> dict[int, Site]:
    """By the task's number, the function that its library called: the handler that a framework is known to have
    called, else the innermost function of the user's, called by a library, in which it was seen to wait."""
    library = _of_libraries(facts)
    made: dict[int, Site] = {}
    if not library:
        return made
    waits = facts.process.table("waits")
    waits = waits[np.isin(waits["task"], list(library))]
    pairs = np.unique(np.column_stack((waits["task"], waits["stack"])), axis=0)
    known: dict[int, Site | None] = {}
    firsts: dict[tuple[str, str], Site] = {}  # one site for each function, wherever in it tasks stood
    for task, stack in pairs.tolist():
        if stack not in known:
            known[stack] = _called(facts, facts.stack(stack))
        site = known[stack]
        if site is not None:
            made.setdefault(task, firsts.setdefault((site.file, site.function), site))
    for task in library if facts.handlers else ():
        handler = facts.handlers.before(task, facts.line.ended)
        if handler is not None and facts.origins.is_user(handler) and run.is_async(handler):
            made[task] = firsts.setdefault((handler.file, handler.function), handler)
    return made


def _of_libraries(facts: ProcessFacts) -> set[int]:
    """The tasks whose coroutine is a library's."""
    tasks = facts.line.tasks
    codes = [
        code
        for code in np.unique(tasks.code).tolist()
        if (place := facts.line.code_of(code)) is not None
        and facts.origins.of(place.site.file) is Origin.LIBRARY
    ]
    return set(tasks.number[np.isin(tasks.code, codes)].tolist())


def _called(facts: ProcessFacts, stack: tuple[Site, ...]) -> Site | None:
    for site, outside in zip(stack, stack[1:], strict=False):
        if facts.origins.is_user(site) and not facts.origins.is_user(outside):
            return site
    return None
