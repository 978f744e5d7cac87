"""Which functions of the user's ran inside tasks and threads that libraries made: a server's requests, a portal's
calls, what a timer or a threading server calls."""

from __future__ import annotations

from collections import Counter

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.places import Origin
from asyncwhy.causes.draft import Run
from asyncwhy.model import Site

#: Jobs that asyncio makes of its own accord.
LOOPS_OWN = ("getaddrinfo", "getnameinfo")


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


def thread_runs(facts: ProcessFacts, thread: int) -> Site | None:
    """The outermost function of the user's in which a thread was seen most, whoever's its target is."""
    samples = facts.samples.get(thread)
    seen: Counter[tuple[str, str]] = Counter()
    sites: dict[tuple[str, str], Site] = {}
    for stack, count in zip(samples.stack.tolist(), samples.count.tolist(), strict=True) if samples else ():
        user = [site for site in facts.stack(stack) if facts.origins.is_user(site)]
        if user:
            key = (user[-1].file, user[-1].function)
            seen[key] += max(count, 1)
            sites.setdefault(key, user[-1])
    return sites[seen.most_common(1)[0][0]] if seen else None


def ran_code(facts: ProcessFacts, thread: int) -> bool:
    """Whether the user's own code ran on a thread, or what the user's own line had sent there."""
    target = facts.line.threads[thread].target
    if target is None or facts.origins.is_user(target.site) or thread_runs(facts, thread) is not None:
        return True
    if thread in facts.line.loop_threads():
        kinds = np.unique(facts.line.kind[facts.line.thread == thread]).tolist()
        places = [place for place in map(facts.line.code_of, kinds) if place is not None]
        if any(facts.origins.is_user(place.site) for place in places):
            return True
    return any(_is_users(facts, facts.jobs[index]) for index in facts.by_worker.get(thread, ()))


def _is_users(facts: ProcessFacts, job: Job) -> bool:
    place = facts.process.places.get(job.code)
    if place is not None and facts.origins.is_user(place.site):
        return True
    if place is not None and place.site.function.rpartition(".")[2] in LOOPS_OWN:
        return False
    sent = (site for site in facts.stack(job.stack) if facts.origins.of(site.file) is not Origin.STANDARD)
    first = next(sent, None)
    return first is not None and facts.origins.is_user(first)


def serves_library(facts: ProcessFacts, thread: int) -> bool:
    """Whether a thread is the standard library's own: it started it for a function of its own, and nothing of the
    user's was seen in it."""
    fact = facts.line.threads[thread]
    target = fact.target
    if target is None or facts.origins.of(target.site.file) is not Origin.STANDARD:
        return False
    starter = next(
        (site for site in facts.stack(fact.stack) if not site.file.endswith("/threading.py")), None
    )
    by_user = starter is not None and facts.origins.is_user(starter)
    return not by_user and thread_runs(facts, thread) is None
