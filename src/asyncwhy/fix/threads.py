"""Remedies that send a call, or the block around it, to a worker thread; nothing that awaits is ever sent there."""

from __future__ import annotations

import ast

from asyncwhy.catalog import Entry
from asyncwhy.catalog.place import place
from asyncwhy.fix.block import block_of, item_by_item, may_move, moved
from asyncwhy.fix.chain import Link
from asyncwhy.fix.imports import one_thread, thread_call
from asyncwhy.fix.offload import offload_diff, opened_diff
from asyncwhy.fix.sharing import (
    is_owned_by_its_thread,
    owned_outside,
    takes_turns,
    touches_nothing_shared,
    uses_the_loop,
)
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource

BLOCK = "put the `{kind}` at line {line} into a function, which runs on a worker thread"


def noted(title: str, entry: Entry | None) -> str:
    """The title with what the catalogue has to say of it."""
    return f"{title} ({entry.note})" if entry is not None and entry.note else title


def threaded(link: Link, call: str, title: str) -> list[Remedy]:
    """The remedies, at most one, that run the link's call on a worker thread; `title` is that of the diff."""
    to_thread = thread_call(link.parsed)
    if is_awaited(link):
        return []  # the library's own coroutine blocks beneath: no thread can run it
    block = block_of(link)
    if block is None and is_owned_by_its_thread(link, call):
        words = f"`{call}` may only be used in the thread that made its object: keep all of it in one"
        return [Remedy(f"{words} function, and run that with `{to_thread}`", Safety.SKETCH)]
    joined = "or " if title.startswith("or") else ""
    if block is None and (owner := takes_turns(link)) is not None:
        words = f"{joined}send what uses `{owner}` to one thread, since it bears one call at a time: "
        return [Remedy(words + one_thread(link.parsed), Safety.SKETCH)]
    if (line := uses_the_loop(link)) is not None:
        words = f"line {line} needs the loop: put only what waits into a function"
        return [Remedy(f"{words}, and run that with `await {to_thread}(function)`", Safety.SKETCH)]
    diff = offload_diff(link, to_thread)
    if diff is not None:
        safe = touches_nothing_shared(link, call)
        return [Remedy(title, Safety.SAFE if safe else Safety.CHANGES_BEHAVIOUR, diff)]
    return _block(link, block, joined, to_thread)


def _block(
    link: Link, block: ast.With | ast.For | ast.While | None, joined: str, to_thread: str
) -> list[Remedy]:
    """The statement that the call belongs to, as a function for a thread; where it awaits, only what it opens."""
    if block is None:
        statement = _statement(link)
        if statement is None or owned_outside(link.parsed, statement):
            return []
        if not may_move(link.parsed, statement):
            words = f"{joined}take the call out of the statement at line {statement.lineno}, as a line of its own, and run it"
            return [Remedy(f"{words} on a worker thread: `await {to_thread}(function, ...)`", Safety.SKETCH)]
        words = f"{joined}put the code at line {statement.lineno} into a function"
        return [
            Remedy(f"{words}, and run that on a worker thread: `await {to_thread}(function)`", Safety.SKETCH)
        ]
    kind = "with" if isinstance(block, ast.With) else "for"
    if not may_move(link.parsed, block):
        opened = opened_diff(link, to_thread) if _makes(link) else None
        if opened is not None:
            words = f"{joined}make on a worker thread what the `with` opens"
            return [Remedy(words, Safety.CHANGES_BEHAVIOUR, opened)]
        words = f"{joined}take what needs the loop out of the `{kind}` at line {block.lineno}, so that it can be a function"
        return [
            Remedy(f"{words}, and run that on a worker thread: `await {to_thread}(function)`", Safety.SKETCH)
        ]
    words = joined + BLOCK.format(kind=kind, line=block.lineno)
    diff = moved(link.parsed, link.function, block, to_thread)
    return [Remedy(words, Safety.SKETCH if diff is None else Safety.CHANGES_BEHAVIOUR, diff)]


def _statement(link: Link) -> ast.stmt | None:
    """The innermost statement of the link's line."""
    if link.call is not None:
        return link.parsed.module.statement_of(link.call)
    around = (
        node
        for node in ast.walk(link.function)
        if isinstance(node, ast.stmt) and node.lineno <= link.line <= (node.end_lineno or node.lineno)
    )
    return max(around, key=lambda node: (node.lineno, node.col_offset), default=None)


def iterated(link: Link, loop: ast.For) -> list[Remedy]:
    """A `for` whose next item waits: the whole of it on a worker thread, or item by item where its body awaits."""
    to_thread = thread_call(link.parsed)
    if owned_outside(link.parsed, loop):
        return []
    if may_move(link.parsed, loop):
        diff = moved(link.parsed, link.function, loop, to_thread)
        words = BLOCK.format(kind="for", line=loop.lineno)
    else:
        diff = item_by_item(link.parsed, loop, to_thread)
        words = f"take each item on a worker thread: `await {to_thread}(next, items, items)`, with `items = iter(...)`"
    return [Remedy(words, Safety.SKETCH if diff is None else Safety.CHANGES_BEHAVIOUR, diff)]


def _makes(link: Link) -> bool:
    """Whether it was the call itself that waited, not the entry or the end of the `with`."""
    name = link.within.rpartition(".")[2]
    return name in ("__init__", "__new__") or bool(name and not name.startswith("__"))


def in_callback(source: PythonSource, site: Site, stack: tuple[Site, ...], call: str) -> tuple[Remedy, ...]:
    """The ways out where no async function of the user's calls it: nothing can be awaited there."""
    if source.parsed(site.file) is None:
        return (Remedy("run it on a worker thread: `await asyncio.to_thread(...)`", Safety.SKETCH),)
    if not source.sources.is_user(site.file):
        return (librarys(site),)
    at = next(
        (index for index, one in enumerate(stack) if (one.file, one.line) == (site.file, site.line)), None
    )
    name, library = site.function.rpartition(".")[2], ""
    for frame in stack[at + 1 :] if at is not None else ():
        if not source.sources.is_user(frame.file):
            where = place(frame.file)
            library = "" if where.standard else where.path.partition("/")[0].removesuffix(".py")
            break
        name = frame.function.rpartition(".")[2]
    who = (
        f"`{library}` calls `{name}` on the loop's own thread"
        if library
        else f"the loop itself calls `{name}`"
    )
    coroutine = f" (if `{library}` takes an `async def` there, that is simplest)" if library else ""
    return (
        Remedy(
            f"{who}, where nothing can be awaited: start a task there, `asyncio.create_task(...)`, that awaits "
            f"`asyncio.to_thread(...)` for `{call}`, and keep it{coroutine}",
            Safety.SKETCH,
        ),
    )


def librarys(site: Site) -> Remedy:
    """Of a line of a library's own, beneath none of the user's: there is nothing to rewrite."""
    library = place(site.file).path.partition("/")[0].removesuffix(".py")
    return Remedy(
        f"it is `{library}` that does this on the loop's own thread: look for a setting, or a newer release of it",
        Safety.SKETCH,
    )


def is_awaited(link: Link) -> bool:
    """Whether the link's call is awaited, or opened by an `async with`: the library's own code blocks beneath."""
    node = link.call
    parent = link.parsed.module.parents.get(node) if node is not None else None
    if isinstance(parent, ast.withitem):
        return isinstance(link.parsed.module.parents.get(parent), ast.AsyncWith)
    return isinstance(parent, ast.Await)
