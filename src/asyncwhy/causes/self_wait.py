"""`self-wait`: a loop blocks on something that only it can complete."""

from __future__ import annotations

from asyncwhy.analysis.change import Cut
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind, Piece
from asyncwhy.analysis.hotlines import Group, blocked
from asyncwhy.analysis.selfwaits import SelfWait, self_waits
from asyncwhy.analysis.stuck import SHORTEST_S, stopped_at
from asyncwhy.analysis.suspended import Suspended
from asyncwhy.analysis.tasks import Task
from asyncwhy.causes import holding, own_channels
from asyncwhy.causes.completers import completer_of, held_across, holder_of, is_lock, takes_lock
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.runtimes import is_node
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.model import Evidence, Related, Remedy, Safety

SLUG = "self-wait"

#: What helps who asks his own server.
_OF_OWN_SERVER = (
    Remedy(
        "await an asynchronous client instead (httpx.AsyncClient, aiohttp), or call what would answer it directly, "
        "without the network",
        Safety.SKETCH,
    ),
    Remedy(
        "or ask from a thread, where waiting for the loop is right: `await asyncio.to_thread(function, ...)`",
        Safety.CHANGES_BEHAVIOUR,
    ),
)
_OF_OWN_NODE_SERVER = (
    Remedy(
        "await an asynchronous call instead (`fetch`, `execFile` of `util.promisify`), or call what would answer it "
        "directly, without the network",
        Safety.SKETCH,
    ),
)
#: A wait that was still going on this close to when the program was stopped never ended.
TO_THE_END_S = 0.1


def find(run: Run) -> list[Draft]:
    """Waits on loops' own threads, and of consumers for their own channels, by the user's innermost line."""
    made = own_channels.drafts(run, SLUG)
    for facts in run.facts.processes:
        waits = {id(one.piece): one for one in self_waits(facts)}
        pieces = [one.piece for one in waits.values()]
        for group in blocked(facts, pieces):
            draft = _draft(run, facts, group, [waits[id(piece)] for piece in group.pieces])
            if draft is not None:
                made.append(draft)
        threads = set(facts.line.loop_threads())
        others = [
            piece
            for piece in facts.pieces
            if piece.kind is Kind.BLOCKED and piece.thread in threads and piece.length >= SHORTEST_S
        ]
        for group in blocked(facts, [piece for piece in others if id(piece) not in waits]):
            draft = _held_by_task(run, facts, group)
            if draft is not None:
                made.append(draft)
    return made


def _held_by_task(run: Run, facts: ProcessFacts, group: Group) -> Draft | None:
    """Waits for a lock that another task of the same loop holds, though other threads are there as well."""
    if not is_lock(run, facts, group):
        return None
    group.pieces = [piece for piece in group.pieces if holder_of(run, facts, group, piece) is not None]
    return _draft(run, facts, group, [SelfWait(piece, None, None, False) for piece in group.pieces])


def _draft(run: Run, facts: ProcessFacts, group: Group, waits: list[SelfWait]) -> Draft | None:
    if not waits:
        return None
    for_ever = run.facts.endless and max(one.piece.end for one in waits) >= (
        stopped_at(facts.line, run.facts.endless) - TO_THE_END_S
    )
    known = next((one for one in waits if one.handed is not None), None)
    served = known is None and any(one.own_server for one in waits)
    completer, holders = None, {}
    if known is None and not served:
        if not is_lock(run, facts, group):
            return None
        found = {id(one.piece): holder_of(run, facts, group, one.piece) for one in waits}
        holders = {piece: holder for piece, holder in found.items() if holder is not None}
        completer = held_across(holders) or completer_of(run, group.site)
        if (
            completer is None
            and not for_ever
            and not (takes_lock(run, group) and len(run.facts.processes) == 1)
        ):
            return None  # a timed wait that nobody was meant to end is a sleep
    count = len({one.piece.step for one in waits})
    made = holding.drafts(
        run,
        facts,
        SLUG,
        [group],
        lambda held: _words(facts, held, waits, count, for_ever, bool(holders)),
        computes=False,
    )
    if not made:
        return None
    (draft,) = made
    on_trio = any(loop.implementation.startswith("trio") for loop in facts.line.loops)
    of_own = _OF_OWN_NODE_SERVER if is_node(facts) else _OF_OWN_SERVER
    draft.remedies = of_own if served else _remedies(known, completer is not None, on_trio)
    draft.count, draft.worth = count, True
    draft.related = (*_needs(facts, known, completer), *draft.related)
    if known is None and not served:
        draft.evidence = Evidence.INFERRED
    _awaited_instead(facts, draft, waits, holders)
    return draft


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


def _words(
    facts: ProcessFacts, held: Held, waits: list[SelfWait], count: int, for_ever: bool, is_held: bool
) -> Words:
    lost = sum(held.lengths)
    known = next((one for one in waits if one.handed is not None), None)
    if known is None and any(one.own_server for one in waits):
        why = "the server that it asks runs on this very loop, and can only answer when the call is over"
    elif known is None and is_held:
        why = "a task of this very loop holds it across an await, and cannot go on"
    elif known is None:
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


def _remedies(known: SelfWait | None, completed_here: bool, on_trio: bool) -> tuple[Remedy, ...]:
    if known is None:
        own = (
            "a trio memory channel, trio.Event, trio.Lock"
            if on_trio
            else "asyncio.Queue, asyncio.Event, asyncio.Lock"
        )
        what = own if completed_here else f"{'trio' if on_trio else 'asyncio'}'s own primitives"
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


def _awaited_instead(
    facts: ProcessFacts, draft: Draft, waits: list[SelfWait], holders: dict[int, Suspended]
) -> None:
    """With the fix the wait is as long as what it waits for takes, not as long as its timeout; those who gave up
    waiting for one holder come after each other, and each then does what the holder did."""
    left: dict[int, float] = {}
    for one in sorted(waits, key=lambda one: one.piece.start):
        task = facts.line.tasks.get(one.handed.task) if one.handed is not None else None
        node = facts.node_at(one.piece.thread, one.piece.start)
        if draft.change is None or node not in draft.change.cuts:
            continue
        if id(one.piece) in holders:
            holder = holders[id(one.piece)]
            takes = left.get(holder.task, holder.left_s) + holder.awaited_s
            left[holder.task] = takes
        elif one.own_server and (answered := _answered_in(facts, one.piece)) is not None:
            takes = answered
        elif task is not None:
            takes = _lasted(facts, task)
        else:
            continue
        draft.change.cuts[node] = [
            Cut(cut.offset, cut.length, cut.computes, min(takes, cut.length))
            for cut in draft.change.cuts[node]
        ]


def _answered_in(facts: ProcessFacts, piece: Piece) -> float | None:
    """How long the answer takes that could not be given: the next task of the kind that asked for it."""
    asking = facts.line.tasks.get(piece.ref)
    later = [
        task
        for task in facts.line.tasks.values()
        if asking is not None and task.code == asking.code and task.created >= piece.end
    ]
    return _lasted(facts, min(later, key=lambda task: task.created)) if later else None


def _lasted(facts: ProcessFacts, task: Task) -> float:
    """From when a task was made until its last step ended."""
    own = facts.line.end[facts.line.ref == task.number]
    return float(own.max()) - task.created if len(own) else 0.0
