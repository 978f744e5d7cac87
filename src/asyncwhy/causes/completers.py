"""Who would have ended a wait on a loop's own thread, if that is another task of the same loop: read from the source,
and from where the tasks stood."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Piece
from asyncwhy.analysis.hotlines import Group
from asyncwhy.analysis.stuck import waits_for_thread
from asyncwhy.analysis.suspended import Suspended, suspended_beside
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Run
from asyncwhy.model import Related, Site

#: Methods that end another's wait for the same object.
COMPLETES = "put|put_nowait|set|release|set_result|set_exception|notify|notify_all|task_done"
#: A `with` of a name that stands there by itself and blocks without a frame of its own is one of a lock.
WITH = re.compile(r"\s*with\s+(?P<lock>[\w.]+)\s*(:|as\b)")


def is_lock(run: Run, facts: ProcessFacts, group: Group) -> bool:
    """Whether the line waits for another thread: in the standard library's frames, or in a lock of its own."""
    if waits_for_thread(group.stack, facts.process.library):
        return True
    if group.index > 0:
        return False
    if WITH.match(run.source.line(group.site.file, group.site.line) or ""):
        return True
    return holding.describe(run, facts, group, [group.cost_s]).operation == "lock"


def takes_lock(run: Run, group: Group) -> bool:
    """Whether the line takes a lock or a semaphore: somebody must have it, and only those who run here can."""
    if WITH.match(run.source.line(group.site.file, group.site.line) or ""):
        return True
    call = run.source.call_at(
        group.site.file, group.site.line, group.site.column or None, None, group.site.end_column
    )
    return call is not None and call.name.rpartition(".")[2] == "acquire"


def holder_of(run: Run, facts: ProcessFacts, group: Group, piece: Piece) -> Suspended | None:
    """The task of the same loop that has entered the block at whose beginning the loop is blocked."""
    return next((one for one in suspended_beside(facts, piece) if _inside(run, group, one)), None)


def _inside(run: Run, group: Group, one: Suspended) -> bool:
    function = run.source.function_at(
        one.entered.file, one.entered.line, one.entered.function.rpartition(".")[2]
    )
    if function is None or not function.is_async:
        return False
    for source in run.source.awaits(one.entered.file, function):
        if source.extent.line <= one.site.line <= source.extent.end_line and any(
            guard.kind.endswith("with") and guard.line == one.entered.line for guard in source.guards
        ):
            return True
    if one.entered != group.site or not takes_lock(run, group):
        return False
    ended = completer_of(run, group.site)  # `acquire` and `release` by hand, in one function
    return ended is not None and one.entered.line < one.site.line < ended.site.line


def held_across(holders: dict[int, Suspended]) -> Related | None:
    """The line at which the first of the holders awaits."""
    for one in holders.values():
        note = "another task awaits here with it held, and needs the loop"
        return Related("held across", one.site, note)
    return None


def completer_of(run: Run, site: Site) -> Related | None:
    """A line of an `async def` in the same file that would end the wait: a `put` for a `get`, and so on, or
    an await inside another `with` of the same lock."""
    guarded = WITH.match(run.source.line(site.file, site.line) or "")
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    if guarded is None and call is None:
        return None
    whole = guarded["lock"] if guarded else call.name.rpartition(".")[0] or call.name if call else ""
    name = re.escape(whole.rpartition(".")[2])
    completes = re.compile(rf"\b{name}\.({COMPLETES})\s*\(")
    holds = re.compile(rf"\s*with\s+.*\b{name}\s*(:|,|as\b)")
    for number, text in enumerate(_lines(run, site.file), 1):
        found = completes.search(text)
        function = run.source.function_at(site.file, number) if found or holds.match(text) else None
        if function is None or not function.is_async:
            continue
        if found is None:
            for one in run.source.awaits(site.file, function):
                if any(guard.line == number for guard in one.guards):
                    place = Site(site.file, one.line, one.column, function.name, one.end_column)
                    return Related("held across", place, "this awaits with the lock held, and needs the loop")
        elif number != site.line:
            place = Site(site.file, number, found.start() + 1, function.name, found.end() + 1)
            return Related("ended by", place, "this would end it, and runs on the loop that waits")
    return None


def _lines(run: Run, file: str) -> Iterator[str]:
    number = 1
    while (text := run.source.line(file, number)) is not None:
        yield text
        number += 1
