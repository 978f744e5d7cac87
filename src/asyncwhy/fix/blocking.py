"""Remedies for a call that waits while it holds the loop: await the wait, or run the call on a worker thread."""

from __future__ import annotations

import ast

from asyncwhy.catalog import Entry
from asyncwhy.fix.awaiting import awaited
from asyncwhy.fix.block import entered
from asyncwhy.fix.chain import LAZY, Link, async_link, chain_of, is_at, is_lazy, may_await
from asyncwhy.fix.imports import backend, counterpart
from asyncwhy.fix.threads import in_callback, is_awaited, iterated, noted, threaded
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource

THREAD = "or, if it cannot be rewritten: one line, runs on worker threads"
THREAD_ONLY = "one line: it runs on worker threads, and the loop stays free"
LEAVING = (
    "await the jobs before the `with` ends, since it waits for all of them: send them with "
    "`loop.run_in_executor(pool, function, ...)` and gather those inside it"
)
KEEPING = "make the pool once, for the program's life: the end of its `with` waits for every job"
ITERATED = (
    "let asyncio wait for the jobs: send them with `loop.run_in_executor(pool, function, ...)` (or take each future "
    "with `asyncio.wrap_future`), and `await asyncio.gather(...)`, or loop over `asyncio.as_completed(...)`"
)
LOCKED = "where only tasks of this loop share what it protects: `async with` an {library}.Lock"
LOCKED_BY_THREADS = "or, if threads take it too: hold it for less there"
BENEATH = (
    "`{call}` says async and blocks beneath: ask its library for another way (a setting, a newer release), or give all "
    "that uses it a thread with a loop of its own, `await asyncio.to_thread(asyncio.run, function(...))`"
)


def blocking_call_remedies(
    source: PythonSource,
    site: Site,
    stack: tuple[Site, ...],
    call: str,
    entry: Entry | None = None,
) -> tuple[Remedy, ...]:
    """The ways out for a call that blocks the loop, the best first.

    `site` is the user's line, `stack` the frames outwards from it (it may hold the site itself and what
    lies within), `call` the callee's dotted name, `entry` what the catalogue knows of it.  In a module that knows
    only trio or anyio, theirs is written instead of asyncio's.
    """
    link = async_link(source, site, stack, call)
    here = link is not None and is_at(link, site)
    if link is None or (is_awaited(link) and not here):
        return in_callback(source, site, stack, call)
    if is_awaited(link):
        return _beneath(call, entry)
    if call.endswith("PoolExecutor.__exit__"):
        return _leaving(link, call, here)
    if (loop := _runs_over(link, call)) is not None:
        first = [Remedy(ITERATED, Safety.SKETCH)] if call in LAZY else []
        return (*first, *iterated(link, loop))
    if call.startswith("with "):
        return _locked(link if not here else entered(link, site.line), call)
    remedies = _instead(source, site, stack, call, entry, backend(link.parsed))
    title = THREAD if remedies else noted(THREAD_ONLY, entry)
    return (*remedies, *threaded(link, call, title))


def _instead(
    source: PythonSource, site: Site, stack: tuple[Site, ...], call: str, entry: Entry | None, library: str
) -> list[Remedy]:
    """What may stand in the call's place: a better way, its counterpart as a diff, or that in words."""
    if entry is None:
        return []
    if entry.instead:
        return [Remedy(entry.instead, Safety.SKETCH)]
    replacement = counterpart(entry.replacement, library)
    if replacement is None or replacement.startswith(("asyncio.to_thread", "concurrent.")):
        return []
    if not may_await(source, site, stack, call):
        return []  # somebody else calls it, and awaits nothing
    links = chain_of(source, site, stack, call) if entry.drop_in else None
    written = awaited(source, links, entry, replacement) if links else []
    return written or [Remedy(_words(call, replacement, entry), Safety.SKETCH)]


def _words(call: str, replacement: str, entry: Entry) -> str:
    name = replacement.replace("asyncio.loop.", "loop.")
    last = replacement.rpartition(".")[2]
    if last[:1].isupper() and not replacement.startswith(("asyncio.", "trio.", "anyio.")):
        return noted(
            f"use `{name}` instead of `{call}`, with `async with`, and await what is called on it", entry
        )
    return noted(f"use `{name}` instead of `{call}`: it waits without holding the loop", entry)


def _beneath(call: str, entry: Entry | None) -> tuple[Remedy, ...]:
    """A coroutine that blocks, or an `async with` whose constructor does: no thread of ours can run that."""
    if call.startswith(("asyncio.", "trio.", "anyio.")):
        return ()  # what they do on the loop they have to do there: a process has to be started
    if entry is not None and entry.instead:
        return (Remedy(entry.instead, Safety.SKETCH),)
    return (Remedy(BENEATH.format(call=call), Safety.SKETCH),)


def _runs_over(link: Link, call: str) -> ast.For | None:
    """The `for` at the link's line, where it is taking the next item that waits."""
    takes = link.within.rpartition(".")[2] == "__next__" or call.endswith(".__next__")
    if isinstance(link.call, ast.Call) and not (takes or is_lazy(link)):
        return None
    loops = (node for node in ast.walk(link.function) if isinstance(node, ast.For))
    return next((loop for loop in loops if loop.lineno == link.line), None)


def _leaving(link: Link, call: str, here: bool) -> tuple[Remedy, ...]:
    """The end of a pool's `with` waits for its jobs; where it stands in a plain function, that goes to a thread."""
    if here:
        moved = threaded(link, call, "or the whole block on a worker thread")
        return (Remedy(LEAVING, Safety.SKETCH), Remedy(f"or {KEEPING}", Safety.SKETCH), *moved)
    return (*threaded(link, call, THREAD_ONLY), Remedy(f"or {KEEPING}", Safety.SKETCH))


def _locked(link: Link, call: str) -> tuple[Remedy, ...]:
    library = backend(link.parsed)
    sketches = [LOCKED.format(library=library), LOCKED_BY_THREADS]
    moved = threaded(link, call, "or take it on a worker thread")
    return (*(Remedy(title, Safety.SKETCH) for title in sketches), *moved)
