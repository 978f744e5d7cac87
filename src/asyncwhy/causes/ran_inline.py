"""`ran-inline`: work that was handed over ran on the caller all the same."""

from __future__ import annotations

import re
from functools import partial

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind, Piece
from asyncwhy.analysis.hotlines import Group
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.seconds import seconds, several, times
from asyncwhy.causes.worth import ALONE_S, ALONE_SHARE
from asyncwhy.model import Related, Remedy, Safety, Site

SLUG = "ran-inline"

#: Functions that by their name give what they are given to somebody else to run.
HANDS_OVER = re.compile(
    r"^(run_in_executor|to_thread|run_sync_in_worker_thread|apply_async"
    r"|\w*_?(to|in|on)_(a_)?(thread|threadpool|executor|background|worker|pool|process)s?)$"
)
#: `submit` alone may mean a form; of one of these it means a job.
EXECUTORS = re.compile(r"Executor|Pool")
#: `to_thread(work())`: the parentheses call it here, and its result is sent.
CALLED_FIRST = re.compile(
    r"\b(to_thread(\.run_sync)?|run_in_threadpool|run_sync|submit)\(\s*(?P<one>[A-Za-z_][\w.]*)\("
    r"|\brun_in_executor\([^,()]*,\s*(?P<other>[A-Za-z_][\w.]*)\("
)
#: These make what is to be called, and do not call it.
MAKERS = frozenset({"partial", "lambda", "copy_context"})


def find(run: Run) -> list[Draft]:
    """Holds beneath a call that should have let somebody else do what held the loop."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        pieces = holding.on_loops(facts, (Kind.BLOCKED, Kind.BUSY, Kind.GIL))
        groups: dict[tuple[str, int], Group] = {}
        for piece in holding.long_enough(facts, pieces):
            stack = facts.stack(piece.stack)
            index = _handed_over(facts, stack)
            if index is None:
                index = _called_first(run, facts, stack)
            if index is not None:
                _add(groups, piece, stack, index)
        for group in groups.values():
            made.extend(_drafts(run, facts, group))
    return made


def _add(groups: dict[tuple[str, int], Group], piece: Piece, stack: tuple[Site, ...], index: int) -> None:
    site = stack[index]
    group = groups.setdefault((site.file, site.line), Group(site, stack, index, []))
    if all(piece.length > one.length for one in group.pieces):
        group.stack, group.index = stack, index
    group.pieces.append(piece)


def _hands_over(site: Site) -> bool:
    owner, _, name = site.function.rpartition(".")
    return bool(HANDS_OVER.match(name)) or (name == "submit" and bool(EXECUTORS.search(owner)))


def _handed_over(facts: ProcessFacts, stack: tuple[Site, ...]) -> int | None:
    """Where in a stack the user's line stands that hands over what runs beneath it on the same thread."""
    inside = False
    for index, site in enumerate(stack):
        if inside and _hands_over(site):
            outside = range(index + 1, len(stack))
            return next(
                (at for at in outside if facts.origins.is_user(stack[at]) and not _hands_over(stack[at])),
                None,
            )
        inside = inside or (facts.origins.is_user(site) and not _hands_over(site))
    return None


def _called_first(run: Run, facts: ProcessFacts, stack: tuple[Site, ...]) -> int | None:
    """The same for `to_thread(work())`: the line calls the function itself and hands over the result."""
    for index in range(1, len(stack)):
        site = stack[index]
        text = run.source.line(site.file, site.line) if facts.origins.is_user(site) else None
        found = CALLED_FIRST.search(text) if text else None
        if found is not None:
            name = (found["one"] or found["other"]).rpartition(".")[2]
            if name not in MAKERS and stack[index - 1].function.rpartition(".")[2] == name:
                return index
    return None


def _drafts(run: Run, facts: ProcessFacts, group: Group) -> list[Draft]:
    computes = not group.mostly(Kind.BLOCKED)
    inner = group.stack[: group.index]
    early = not any(_hands_over(site) for site in inner)
    work = next((site for site in inner if facts.origins.is_user(site) and not _hands_over(site)), group.site)
    made = holding.drafts(
        run,
        facts,
        SLUG,
        [group],
        partial(_words, work, early),
        computes,
        lambda _: _remedies(early, computes),
    )
    hand = next((site for site in inner if _hands_over(site) and facts.origins.is_user(site)), None)
    for draft in made:
        own: tuple[Related, ...] = (Related("ran here", work, f"in `{work.function}`"),)
        if hand is not None:
            own = (Related("handed over here", hand, "and run at once, on the caller"), *own)
        draft.related = (*own, *draft.related)
        least = max(ALONE_S, ALONE_SHARE * run.facts.wall_s)
        draft.worth = not computes and (draft.cost_s or 0.0) >= least
    return made


def _words(work: Site, early: bool, held: Held) -> Words:
    name = work.function.rpartition(".")[2]
    lost = seconds(sum(held.lengths))
    why = (
        "is called before the call that should hand it over, which gets only its result"
        if early
        else f"was handed over by `{held.call}` and ran on the event loop's own thread all the same"
    )
    return Words(
        headline=f"`{name}` ran on the event loop, not where it was sent",
        label=f"the loop was stopped {several(held.lengths)}",
        message=f"`{name}` {why}: the loop was stopped {times(len(held.lengths))}, {lost} in all.",
    )


def _remedies(early: bool, computes: bool) -> tuple[Remedy, ...]:
    if early:
        return (Remedy("give it the function, not its result: `to_thread(work, x)`, not `to_thread(work(x))`",
                       Safety.CHANGES_BEHAVIOUR),)  # fmt: skip
    pool = "ProcessPoolExecutor" if computes else "ThreadPoolExecutor"
    return (Remedy(f"use an executor that has workers of its own: `concurrent.futures.{pool}`",
                   Safety.CHANGES_BEHAVIOUR),)  # fmt: skip
