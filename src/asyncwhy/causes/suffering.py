"""Who suffered while a loop was held, named by the lines that a person recognises; and who was only late.

Not everybody who is late has lost something.  A task that is cancelled has nothing left to do, nor has a server's
whose connection was closed.  One that only asks whether something has happened yet would have asked once more.  And
a library's own timer or callback after which nobody goes on is its housekeeping: it shows that the loop stood still,
and no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lateness import late_steps
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.standing import SLEEPS
from asyncwhy.analysis.timeline import Bools, Floats, Ints
from asyncwhy.causes.draft import Run, Suffering
from asyncwhy.model import Site, Victim
from asyncwhy.trace import schema


def suffering(run: Run, facts: ProcessFacts, spans: Iterable[tuple[int, Floats]]) -> Suffering:
    """What (thread, its disjoint spans) meant for all who were ready meanwhile."""
    victims: dict[Site, list[float]] = defaultdict(list)
    ticks: dict[Site, list[float]] = defaultdict(list)
    idle_s = 0.0
    for thread, own in spans:
        steps, late = late_steps(facts.line, thread, own)
        for alike, stack in _alike(facts, steps):
            ticking, idle = _excused(run, facts, steps[alike], stack)
            idle_s += float(late[alike][idle].sum())
            for told, chosen in ((victims, ~ticking & ~idle), (ticks, ticking & ~idle)):
                for site, seconds in _places(facts, steps[alike][chosen], late[alike][chosen], stack):
                    told[site].extend(seconds)
    return Suffering(
        _told(victims) or _told(ticks),
        sum(map(sum, victims.values())),
        sum(map(sum, ticks.values())),
        idle_s,
    )


def _told(late: dict[Site, list[float]]) -> tuple[Victim, ...]:
    made = [Victim(site, len(seconds), sum(seconds)) for site, seconds in late.items()]
    return tuple(sorted(made, key=lambda victim: -victim.late_s))


def _alike(facts: ProcessFacts, steps: Ints) -> list[tuple[Ints, int]]:
    """Indices of `steps` of one code that had stood on one stack, and that stack's number (0: not known)."""
    if not len(steps):
        return []
    stacks = facts.standing.before(steps)
    order = np.lexsort((facts.line.kind[steps], stacks))
    kinds = facts.line.kind[steps][order]
    cuts = np.flatnonzero((np.diff(kinds) != 0) | (np.diff(stacks[order]) != 0)) + 1
    return [(part, int(stacks[part[0]])) for part in np.split(order, cuts)]


def _excused(run: Run, facts: ProcessFacts, steps: Ints, stack: int) -> tuple[Bools, Bools]:
    """Which steps of one code, after a wait on one stack, were (a library's housekeeping, late for nothing)."""
    line = facts.line
    nobody = np.zeros(len(steps), bool)
    place = line.place(int(line.ref[steps[0]]))
    own = place is not None and facts.origins.of(place.site.file) is Origin.USER
    quiet = ~line.woke[steps]
    if int(line.ref[steps[0]]) & schema.CALLBACK:
        return (nobody if own else quiet), nobody
    sites = facts.stack(stack)
    index = facts.origins.user_index(sites)
    if not own and (index is None or not facts.origins.is_user(sites[index])):
        # The task of a server's connection, say.  Where the user's line awaits, a closing may be what it awaits.
        closed = line.closing[steps] & quiet
    else:
        closed = nobody
    if index is None or not _sleeps(sites[:index]):
        return nobody, closed
    root = line.root[steps]
    cancelled = (
        (root >= 0) & line.is_task[np.maximum(root, 0)] & (line.ref[np.maximum(root, 0)] != line.ref[steps])
    )
    site = sites[index]
    if facts.origins.is_user(site):
        return nobody, cancelled | (run.source.poll_at(site.file, site.line) is not None)
    return (nobody if own else quiet), cancelled


def _sleeps(inner: tuple[Site, ...]) -> bool:
    """Whether the frames beneath somebody's line are those of a sleep, which only its timer ends."""
    return any(site.function.rpartition(".")[2] in SLEEPS for site in inner)


def _places(facts: ProcessFacts, steps: Ints, late: Floats, stack: int) -> list[tuple[Site, list[float]]]:
    """The lines to name for steps of one code that had stood on one stack: where they stood, or where the code is
    defined."""
    if not len(steps):
        return []
    sites = facts.stack(stack)
    index = facts.origins.user_index(sites)
    place = facts.line.place(int(facts.line.ref[steps[0]]))
    if index is not None and facts.origins.is_user(sites[index]):
        return [(sites[index], late.tolist())]
    if place is None or facts.origins.is_user(place.site):
        return [(place.site, late.tolist())] if place is not None else []
    made: dict[Site, list[float]] = defaultdict(list)
    for step, seconds in zip(steps.tolist(), late.tolist(), strict=True):
        site = _of_library(facts, step, place.site)
        if site is not None:
            made[site].append(seconds)
    return list(made.items())


def _of_library(facts: ProcessFacts, step: int, site: Site) -> Site | None:
    """What of the user's a library's task calls next, or who made it; else the library's own line."""
    ref = int(facts.line.ref[step])
    handler = facts.handlers.after(ref, float(facts.line.start[step]))
    if handler is not None and facts.origins.is_user(handler):
        return handler
    task = facts.task_of(ref)
    made = facts.origins.user_site(facts.stack(task.stack)) if task is not None else None
    if made is not None and facts.origins.is_user(made):
        return made
    return site if facts.origins.of(site.file) is not Origin.STANDARD else None
