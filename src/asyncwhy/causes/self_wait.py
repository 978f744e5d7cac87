"""`self-wait`: a loop blocks on something that only it can complete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asyncwhy.analysis.change import Cut
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.hotlines import Group, blocked
from asyncwhy.analysis.selfwaits import SelfWait, self_waits
from asyncwhy.analysis.stuck import stopped_at, waits_for_thread
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.model import Evidence, Related, Remedy, Safety, Site

SLUG = "self-wait"

#: A wait that was still going on this close to when the program was stopped never ended.
TO_THE_END_S = 0.1
#: Methods that end another's wait for the same object.
COMPLETES = "put|put_nowait|set|release|set_result|set_exception|notify|notify_all|task_done"
#: A `with` of a name that stands there by itself and blocks without a frame of its own is one of a lock.
WITH = re.compile(r"\s*with\s+(?P<lock>[\w.]+)\s*(:|as\b)")


def find(run: Run) -> list[Draft]:
    """Waits on loops' own threads, by the user's innermost line."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        waits = {id(one.piece): one for one in self_waits(facts)}
        if not waits:
            continue
        pieces = [one.piece for one in waits.values()]
        for group in blocked(facts, pieces):
            draft = _draft(run, facts, group, [waits[id(piece)] for piece in group.pieces])
            if draft is not None:
                made.append(draft)
    return made


def _draft(run: Run, facts: ProcessFacts, group: Group, waits: list[SelfWait]) -> Draft | None:
    for_ever = run.facts.endless and max(one.piece.end for one in waits) >= (
        stopped_at(facts.line, run.facts.endless) - TO_THE_END_S
    )
    known = next((one for one in waits if not one.alone), None)
    completer = None
    if known is None:
        if not _is_lock(run, facts, group):
            return None
        completer = _completer(run, group.site)
        if completer is None and not for_ever:
            return None  # a timed wait that nobody was meant to end is a sleep
    count = len({one.piece.step for one in waits})
    made = holding.drafts(
        run, facts, SLUG, [group], lambda held: _words(facts, held, known, count, for_ever), computes=False
    )
    if not made:
        return None
    (draft,) = made
    draft.remedies = _remedies(known, completer is not None)
    draft.count, draft.worth = count, True
    draft.related = (*_needs(facts, known, completer), *draft.related)
    if known is None:
        draft.evidence = Evidence.INFERRED
    _awaited_instead(facts, draft, waits)
    return draft


def _is_lock(run: Run, facts: ProcessFacts, group: Group) -> bool:
    """Whether the line waits for another thread: in the standard library's frames, or in a lock of its own."""
    if waits_for_thread(group.stack, facts.process.library):
        return True
    if group.index > 0:
        return False
    if WITH.match(run.source.line(group.site.file, group.site.line) or ""):
        return True
    return holding.describe(run, facts, group, [group.cost_s]).operation == "lock"


def _completer(run: Run, site: Site) -> Related | None:
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


def _needs(facts: ProcessFacts, known: SelfWait | None, completer: Related | None) -> list[Related]:
    """The lines that say why it is the loop itself that is waited for."""
    made: list[Related] = []
    if completer is not None:
        made.append(completer)
    if known is None or known.handed is None:
        return made
    if known.other is not None:
        site = facts.origins.user_site(facts.stack(known.other.stack))
        if site is not None:
            name = facts.line.thread_name(known.other.thread)
            made.append(Related("waits for the loop", site, f"{name} waits here for this loop"))
    site = facts.origins.user_site(facts.stack(known.handed.stack))
    if site is not None:
        made.append(Related("handed to this loop", site, f"{_name(facts, known)} can only run on the loop"))
    return made


def _name(facts: ProcessFacts, known: SelfWait) -> str:
    task = facts.line.tasks.get(known.handed.task) if known.handed is not None else None
    if task is None or task.code is None:
        return "the coroutine"
    return f"`{task.code.site.function.rpartition('.')[2]}`"


def _words(facts: ProcessFacts, held: Held, known: SelfWait | None, count: int, for_ever: bool) -> Words:
    lost = sum(held.lengths)
    if known is None:
        why = "no other thread was there that could have ended the wait"
    elif known.other is not None:
        name = facts.line.thread_name(known.other.thread)
        why = f"{name}, for which it waits, itself waits for this loop to run {_name(facts, known)}"
    else:
        why = f"{_name(facts, known)} needs the loop that this call holds"
    ending = "It never ended by itself." if for_ever else "It ended when somebody gave up waiting."
    return Words(
        headline="the event loop waits for itself" + (", for ever" if for_ever else ""),
        label=f"{why}: {seconds(lost)}",
        message=(
            f"`{held.call}` stopped the event loop {times(count)}, {seconds(lost)} in all, for "
            f"something that only this loop could bring about: {why}. {ending}"
        ),
    )


def _remedies(known: SelfWait | None, completed_here: bool) -> tuple[Remedy, ...]:
    if known is None:
        what = "asyncio.Queue, asyncio.Event, asyncio.Lock" if completed_here else "asyncio's own primitives"
        return (
            Remedy(f"wait without holding the loop: `await` the same with {what}", Safety.CHANGES_BEHAVIOUR),
        )
    if known.other is not None:
        return (
            Remedy(
                "await the other thread's work instead of waiting for it: `await asyncio.wrap_future(future)`, "
                "`await asyncio.to_thread(thread.join)`",
                Safety.CHANGES_BEHAVIOUR,
            ),
        )
    return (
        Remedy("on the loop, await the coroutine itself; the functions on the way become async",
               Safety.CHANGES_BEHAVIOUR),
        Remedy("or call the synchronous function from a thread, where waiting for the loop is right: "
               "`await asyncio.to_thread(function, ...)`", Safety.CHANGES_BEHAVIOUR),
    )  # fmt: skip


def _awaited_instead(facts: ProcessFacts, draft: Draft, waits: list[SelfWait]) -> None:
    """With the fix the wait is as long as what it waits for takes, not as long as its timeout."""
    if draft.change is None:
        return
    for one in waits:
        task = facts.line.tasks.get(one.handed.task) if one.handed is not None else None
        node = facts.node_at(one.piece.thread, one.piece.start)
        if task is None or node not in draft.change.cuts:
            continue
        own = facts.line.end[facts.line.ref == task.number]
        takes = float(own.max()) - task.created if len(own) else 0.0
        draft.change.cuts[node] = [
            Cut(cut.offset, cut.length, cut.computes, min(takes, cut.length))
            for cut in draft.change.cuts[node]
        ]
