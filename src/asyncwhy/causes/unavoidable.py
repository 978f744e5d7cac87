"""What holds a loop and is nobody's fault: imports, the start of a thread, what asyncio does by itself."""

from __future__ import annotations

from collections.abc import Iterable

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind, Piece
from asyncwhy.analysis.hotlines import is_import
from asyncwhy.analysis.stuck import starts_thread
from asyncwhy.causes.runtimes import is_node
from asyncwhy.model import Site

#: Sockets are told not to wait before they come there.
_NON_BLOCKING = ("asyncio/selector_events.py",)


def avoidable(facts: ProcessFacts, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces without those that a busy machine makes long and about which there is nothing to do.

    These are imports, which happen once, wherever in a call they happen; starting a thread; the loop itself, which
    lets go of what a step left behind; and what asyncio does with its sockets, which never wait.
    """
    pieces = list(pieces)
    library = facts.process.library
    stacks = {number: facts.stack(number) for number in {piece.stack for piece in pieces}}
    ordinary = {
        number
        for number, stack in stacks.items()
        if is_import(facts, stack)
        or starts_thread(stack, library)
        or _is_loop(stack, library)
        or (is_node(facts) and _starts_worker(stack))
    }
    sockets = {number for number, stack in stacks.items() if _never_waits(stack, library)}
    return [
        piece
        for piece in pieces
        if piece.stack not in ordinary and not (piece.kind is Kind.BLOCKED and piece.stack in sockets)
    ]


def _starts_worker(stack: tuple[Site, ...]) -> bool:
    """Whether Node.js starts a worker thread there."""
    return any(site.file.startswith("node:internal/worker") for site in stack[:8])


def _is_loop(stack: tuple[Site, ...], library: str) -> bool:
    own = stack[0] if stack else None
    return own is not None and own.file.startswith(library) and own.function.endswith("_run_once")


def _never_waits(stack: tuple[Site, ...], library: str) -> bool:
    return bool(stack) and stack[0].file.startswith(library) and stack[0].file.endswith(_NON_BLOCKING)
