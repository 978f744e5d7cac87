"""Holds as drafts: what the three causes of a single long hold share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind, Piece
from asyncwhy.analysis.hotlines import Group, stretches
from asyncwhy.catalog import Advice, Operation
from asyncwhy.catalog.words import OTHER
from asyncwhy.causes.draft import Draft, Known, Run, Words
from asyncwhy.causes.innermost import waits_in
from asyncwhy.causes.origin import called_from, started_by, tasks_of
from asyncwhy.causes.suffering import suffering
from asyncwhy.causes.timeouts import gave_up
from asyncwhy.causes.unavoidable import avoidable
from asyncwhy.model import Effects, Related, Remedy, Safety, Site
from asyncwhy.source.interface import Call

#: Holds whose mean is shorter than this are looked at as sums (`many-small-holds`), not one by one.
SINGLE_S = 0.005
#: A block is looked through upwards for its `with` over so many lines.
WITHIN = 200
#: A process that was attached to and stood still for so long has lost something, though nobody came to say so.
STANDS_STILL_S = 1.0
#: Pieces of one step that are no further apart are one computation.
TOGETHER_S = 0.001
#: What calls handlers and converts what they return: without one on the stack it is another's work (a client's).
_ANSWERING = ("fastapi", "starlette", "pydantic")
#: What is entered in C and is no call is a thread's lock (or another of its kind).
_ENTERS = re.compile(r"\s*with ([\w.]+):")


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a group of holds: the call, the separate lengths, the library in which it happens."""

    call: str
    operation: str
    verb: str
    lengths: list[float]
    library: str | None
    library_site: Site | None
    library_is_async: bool
    known: Known = Known()
    can_wait: bool = True
    loop: int | None = None

    @property
    def where(self) -> str:
        """The loop over whose lines it is spread, in words that follow `computing`."""
        return f" in the loop at line {self.loop}" if self.loop is not None else ""

    @property
    def whose(self) -> str:
        """What within the call it is that stops the loop, in words that follow `stops the event loop`."""
        return f": its `{self.known.through}` {self.verb}" if self.known.through else ""


def on_loops(facts: ProcessFacts, kinds: tuple[Kind, ...]) -> list[Piece]:
    """Pieces of those kinds that held a running loop."""
    threads = set(facts.line.loop_threads())
    return [piece for piece in facts.pieces if piece.kind in kinds and piece.thread in threads]


def long_enough(facts: ProcessFacts, pieces: list[Piece]) -> list[Piece]:
    """Pieces of steps that are long themselves, so that one of them matters."""
    line = facts.line
    long = [piece for piece in pieces if line.end[piece.step] - line.start[piece.step] >= SINGLE_S]
    return avoidable(facts, long)


def drafts(
    run: Run,
    facts: ProcessFacts,
    cause: str,
    groups: list[Group],
    sentence: Callable[[Held], Words],
    computes: bool,
    remedies: Callable[[Held], tuple[Remedy, ...]] = lambda _: (),
) -> list[Draft]:
    """One draft for each group that is long enough to be one."""
    made = []
    for group, handler in _by_handler(facts, groups):
        lengths = stretches(group)
        if not lengths or sum(lengths) / len(lengths) < SINGLE_S:
            continue
        held = describe(run, facts, group, lengths)
        if not computes and not held.can_wait:
            continue
        draft = _draft(run, facts, cause, group, held, sentence(held), computes)
        draft.remedies = remedies(held)
        draft.worth = _never_ended(facts, group, sum(lengths))
        if handler is not None:
            _answer(draft, held, handler)
        made.append(draft)
    return made


def _never_ended(facts: ProcessFacts, group: Group, seconds: float) -> bool:
    """Whether a process stood there when asyncwhy, which had attached to it, left: those who wait come only after."""
    if facts.process.meta.get("left_by") != "detached" or seconds < STANDS_STILL_S:
        return False
    return any(facts.line.end[piece.step] >= facts.line.ended - TOGETHER_S for piece in group.pieces)


def _by_handler(facts: ProcessFacts, groups: list[Group]) -> list[tuple[Group, Site | None]]:
    """What a framework does on its own, apart for each of the user's functions for whose requests it did it."""
    made: list[tuple[Group, Site | None]] = []
    for group in groups:
        answering = any(facts.origins.package(site.file) in _ANSWERING for site in group.stack)
        if not facts.handlers or not answering or any(facts.origins.is_user(site) for site in group.stack):
            made.append((group, None))
            continue
        parts: dict[Site | None, list[Piece]] = defaultdict(list)
        for piece in group.pieces:
            parts[facts.handlers.before(piece.ref, piece.end)].append(piece)
        made.extend((replace(group, pieces=own), handler) for handler, own in parts.items())
    return made


def _answer(draft: Draft, held: Held, handler: Site) -> None:
    """Tell the finding at the function whose returned value the framework works on."""
    inside = f"inside `{held.library}`" if held.library else "here"
    name = handler.function.rpartition(".")[2]
    draft.related = (
        Related("inside the library", draft.site, f"{inside}, for the answer of `{name}`"),
        *(one for one in draft.related if one.site != draft.site and one.role != "inside the library"),
    )
    draft.site, draft.for_answer = handler, True
    draft.remedies = (
        Remedy(
            f"let `{name}` return less at once (pages, a stream), or a response whose body is made already, "
            "in a worker thread or process: the framework then has nothing to convert",
            Safety.CHANGES_BEHAVIOUR,
        ),
    )


def describe(run: Run, facts: ProcessFacts, group: Group, lengths: list[float]) -> Held:
    """The words for what a group's named line called."""
    if group.loop is not None:
        return Held(_spread_over(group.site), "cpu", "computes", lengths, None, None, False, loop=group.loop)
    site = group.site
    inner = group.stack[: group.index]
    hint = inner[-1].function.rpartition(".")[2] if inner else None
    found = run.source.call_at(
        site.file, site.line, site.column or None, None, site.end_column, callee_hint=hint
    )
    if hint == "__exit__":
        found = _opened(run, site) or found
    entered = found is None and not inner and _ENTERS.match(run.source.line(site.file, site.line) or "")
    call = found.qualified if found is not None else (hint or site.function)
    if entered:
        call = f"with {entered[1]}"
    within = hint == "__next__" and call.startswith("builtins.")  # `list(rows)` is still `list`
    if hint and hint.startswith("__") and hint not in ("__init__", "__call__", "__new__") and not within:
        call = f"{call}.{hint}"  # a `with`, a `for`, an attribute: what is written there is not what runs
    frames = [(one.file, one.function) for one in group.stack[: group.index + 1]]
    innermost = ""
    if group.index == 0:
        innermost = call
    operation = run.catalog.operation_of_stack(frames, innermost)
    if entered:
        operation = Operation("lock", run.catalog.verbs["lock"])
    if operation.kind == OTHER:
        operation = waits_in(run, facts, group) or operation
    library_site = next((one for one in inner if facts.origins.package(one.file)), None)
    library = facts.origins.package(library_site.file) if library_site else None
    is_async = any(facts.origins.package(one.file) and run.is_async(one) for one in inner)
    # Arithmetic does not wait: a thread found off the CPU there was kept from it by the machine.
    can_wait = found is None or group.index > 0 or found.kind not in ("operator", "expression")
    known = _known(run, group, call)
    return Held(
        call, operation.kind, operation.verb, lengths, library, library_site, is_async, known, can_wait
    )


def _known(run: Run, group: Group, call: str) -> Known:
    entry = run.catalog.lookup(call)
    advice = run.catalog.advice_of_stack((one.file, one.function) for one in group.stack)
    released = group.lets_others_run or bool(entry and entry.releases_gil)
    return Known(entry, advice, _through(advice, group.stack[: group.index]), released)


def _through(advice: Advice | None, inner: tuple[Site, ...]) -> str:
    """The class of the function that an advice names, if it runs beneath the named line and says its class."""
    if advice is None or not advice.names:
        return ""
    owners = (one.function.rpartition(".") for one in inner)
    return next((owner.rpartition(".")[2] for owner, _, name in owners if name == advice.names), "")


def _spread_over(site: Site) -> str:
    """What is named where no single line explains a computation: its function."""
    name = site.function.replace(".<locals>", "")
    return name if name.isidentifier() or "." in name else "the module"


def _opened(run: Run, site: Site) -> Call | None:
    """The call in the `with` that a line ends; CPython 3.9 says of `__exit__` the last line of the block."""
    text = run.source.line(site.file, site.line) or ""
    indent = len(text) - len(text.lstrip())
    if text.lstrip().startswith(("with ", "async with ")):
        return None
    for number in range(site.line - 1, max(site.line - WITHIN, 0), -1):
        above = run.source.line(site.file, number) or ""
        if above.strip() and len(above) - len(above.lstrip()) < indent:
            opens = above.lstrip().startswith(("with ", "async with "))
            return run.source.call_at(site.file, number) if opens else None
    return None


def _draft(
    run: Run, facts: ProcessFacts, cause: str, group: Group, held: Held, words: Words, computes: bool
) -> Draft:
    tasks = tasks_of(facts, [piece.ref for piece in group.pieces])
    related: list[Related] = []
    if held.library_site is not None:
        note = (
            f"`{held.library}` says async, and blocks here"
            if held.library_is_async
            else f"inside `{held.library}`"
        )
        related.append(Related("inside the library", held.library_site, note))
    related.extend(called_from(run, facts, group.own_stack))
    starter = started_by(facts, tasks)
    if starter is not None:
        related.append(starter)
    spans = [(piece.start, piece.end) for piece in group.pieces]
    thread = group.pieces[0].thread
    apart = merged(spans)
    late = suffering(run, facts, [(thread, apart)])
    related[:0] = gave_up(facts, thread, apart)
    return Draft(
        cause=cause,
        facts=facts,
        site=group.site,
        words=words,
        count=len(held.lengths),
        cost_s=sum(held.lengths),
        call=held.call,
        known=held.known,
        operation=held.operation,
        loop=held.loop,
        inside_library=held.library,
        stack=group.stack,
        started_by=starter.site if starter else None,
        related=tuple(related),
        victims=late.victims,
        effects=Effects(late_s=late.hurt_s, cpu_s=sum(piece.cpu_s for piece in group.pieces)),
        suffering=late,
        computes=computes,
        steps=frozenset(piece.step for piece in group.pieces),
        change=leaving(facts, group.pieces, computes),
        thread=thread,
        spans=spans,
    )


def merged(spans: list[tuple[float, float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The union of spans as a sorted (n, 2) array of disjoint ones."""
    made: list[list[float]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1][1] = max(made[-1][1], end)
        else:
            made.append([start, end])
    return np.array(made, dtype=np.float64).reshape(-1, 2)


def leaving(facts: ProcessFacts, pieces: list[Piece], computes: bool) -> Change:
    """The change in which these pieces no longer hold the loop."""
    change = Change()
    for piece in pieces:
        node = facts.node_at(piece.thread, piece.start)
        if node >= 0:
            # What the piece computed came before its wait: a call is prepared, then it waits.
            before = 0.0 if computes else min(piece.cpu_s, piece.length)
            offset = max(piece.start + before - float(facts.nodes.start[node]), 0.0)
            length = min(piece.length - before, max(float(facts.nodes.run[node]) - offset, 0.0))
            change.cuts.setdefault(node, []).append(Cut(offset, length, computes))
    for node, cuts in change.cuts.items():
        cuts.sort(key=lambda cut: cut.offset)
        if computes:
            change.cuts[node] = _joined(cuts)
    return change


def _joined(cuts: list[Cut]) -> list[Cut]:
    """Pieces of one computation are one job: no core takes up another one in between."""
    made = cuts[:1]
    for cut in cuts[1:]:
        last = made[-1]
        end = max(cut.offset + cut.length, last.offset + last.length)
        if cut.offset - last.offset - last.length <= TOGETHER_S:
            made[-1] = replace(last, length=end - last.offset)
        else:
            made.append(cut)
    return made
