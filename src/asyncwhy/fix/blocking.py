"""Remedies for what holds the loop: await the wait, or run the call on a worker thread or in a process."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from asyncwhy.fix.chain import (
    LAZY,
    Link,
    async_link,
    can_await,
    can_become_async,
    chain_of,
    is_lazy,
    needs_parentheses,
)
from asyncwhy.fix.edits import Draft, joined
from asyncwhy.fix.imports import backend, process_call, reference, thread_call
from asyncwhy.fix.offload import changes_nothing_shared, is_owned_by_its_thread, offload_diff
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource
from asyncwhy.source.python_module import shorten

AWAIT = "await the wait, so the loop can run the others"
THREAD = "or, if it cannot be rewritten: one line, runs on worker threads"
COMPUTES_NO_FASTER = "though it computes no faster"
THREAD_ONLY = "one line: it runs on worker threads, and the loop stays free"
LEAVING = (
    "await the jobs before the `with` ends, since it waits for all of them: send them with "
    "`loop.run_in_executor(pool, function, ...)` and gather those inside it, or make the pool once, for the "
    "program's life"
)
ITERATED = (
    "let asyncio wait for the jobs: send them with `loop.run_in_executor(pool, function, ...)` (or take each future "
    "with `asyncio.wrap_future`), and `await asyncio.gather(...)`, or loop over `asyncio.as_completed(...)`"
)
LOCKED = "where only tasks of this loop share what it protects: `async with` an asyncio.Lock"
LOCKED_BY_THREADS = (
    "or, if threads take it too: hold it for less there, or take it in a thread: put the `with` into a function, and "
    "`await asyncio.to_thread(function)`"
)
LIBRARYS = (
    "this is the work of what is awaited, on the loop's own thread: ask it for less at once (pages, a stream), or run "
    "all that uses it in another process"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def blocking_call_remedies(
    source: PythonSource,
    site: Site,
    stack: tuple[Site, ...],
    call: str,
    replacement: str | None = None,
) -> tuple[Remedy, ...]:
    """The ways out for a call that blocks the loop, the best first.

    `site` is the user's line, `stack` the frames outwards from it (it may hold the site itself and what
    lies within), `call` the callee's dotted name, `replacement` the catalogue's async counterpart.  Where
    that has the same last name (`time.sleep`, `asyncio.sleep`) it takes the same arguments.  In a module
    that knows only trio or anyio, theirs is written instead of asyncio's.
    """
    remedies: list[Remedy] = []
    link = async_link(source, site, stack, call)
    if replacement == "asyncio.sleep" and link is not None:
        replacement = f"{backend(link.parsed)}.sleep"
    same = replacement is not None and replacement.rpartition(".")[2] == call.rpartition(".")[2]
    if replacement is not None and replacement.rpartition(".")[0].rpartition(".")[2][:1].isupper():
        same = False  # a method of a class: which object to call it on, only the user knows
    if replacement is not None and same and _DOTTED.fullmatch(replacement):
        links = chain_of(source, site, stack, call)
        remedies += _awaited(source, links, replacement) if links else []
    if call.endswith("PoolExecutor.__exit__"):
        return (Remedy(LEAVING, Safety.SKETCH),)
    if call in LAZY and link is not None and is_lazy(link):
        return (Remedy(ITERATED, Safety.SKETCH),)
    if call.startswith("with "):
        return tuple(Remedy(title, Safety.SKETCH) for title in (LOCKED, LOCKED_BY_THREADS))
    if replacement is not None and not remedies and replacement != "asyncio.to_thread":
        remedies.append(Remedy(f"use `{replacement}` instead of `{call}`: it waits without holding the loop",
                               Safety.SKETCH))  # fmt: skip
    if link is not None:
        remedies += _threaded(source, link, call, THREAD if remedies else THREAD_ONLY)
    if replacement is not None and not remedies:
        remedies.append(Remedy(f"run it on a worker thread: `await {replacement}(...)`", Safety.SKETCH))
    return tuple(remedies)


def cpu_on_loop_remedies(
    source: PythonSource,
    site: Site,
    stack: tuple[Site, ...],
    call: str = "",
    loop: int | None = None,
) -> tuple[Remedy, ...]:
    """The ways out for computing on the loop: a process, or at least a thread.

    A computation that is spread over the lines of the loop at line `loop` has no call that could be moved.
    """
    if loop is not None:
        return (_whole_loop(source, site, loop),)
    link = async_link(source, site, stack, call)
    node = link.call if link is not None else None
    deeper = link is not None and (link.parsed.module.file, link.function.name) != (
        site.file,
        site.function.rpartition(".")[2],
    )
    if link is None or not isinstance(node, ast.Call) or not (deeper or call):
        parsed = source.parsed(site.file)
        words = f"move the computation around line {site.line} into a function and run that in a process: "
        return (Remedy(f"{words}`await {process_call(parsed, 'function, ...')}`", Safety.SKETCH),)
    if _is_awaited(link, node):
        return (Remedy(LIBRARYS, Safety.SKETCH),)
    if is_owned_by_its_thread(link, call):
        return tuple(_threaded(source, link, call, ""))  # nor can its object be sent to a process
    title = f"or keep the loop responsive, {COMPUTES_NO_FASTER}: one line, runs on a worker thread"
    dropped = isinstance(link.parsed.module.parents.get(node), ast.Expr)
    if dropped and isinstance(node.func, ast.Attribute) and not deeper:
        return tuple(_threaded(source, link, call, title))  # what it changes would change in the process only
    function = link.parsed.module.segment(node.func)
    arguments = [link.parsed.module.segment(argument) for argument in node.args]
    if node.keywords:
        given = [link.parsed.module.segment(n.value) for n in node.keywords]
        named = [
            f"{n.arg}={text}" if n.arg else f"**{text}" for n, text in zip(node.keywords, given, strict=True)
        ]
        job = f"functools.partial({', '.join([function, *arguments, *named])})"
    else:
        job = ", ".join([function, *arguments])
    words = "compute in a process, so that the loop stays free and other cores help: "
    process = Remedy(f"{words}`await {process_call(link.parsed, shorten(job))}`", Safety.SKETCH)
    return (process, *_threaded(source, link, call, title))


def _whole_loop(source: PythonSource, site: Site, loop: int) -> Remedy:
    job = process_call(source.parsed(site.file), "function, ...")
    return Remedy(
        f"move the loop at line {loop} into a function of its own and run that in a process: `await {job}`",
        Safety.SKETCH,
    )


def _threaded(source: PythonSource, link: Link, call: str, title: str) -> list[Remedy]:
    to_thread = thread_call(link.parsed)
    if link.call is not None and _is_awaited(link, link.call):
        return []  # the library's own coroutine blocks beneath: no thread can run it
    if is_owned_by_its_thread(link, call):
        words = f"`{call}` may only be used in the thread that made its object: keep all of it in one"
        return [Remedy(f"{words} function, and run that with `{to_thread}`", Safety.SKETCH)]
    diff = offload_diff(link, to_thread)
    if diff is None:
        words = f"put the code around line {_line(link)} into a function"
        return [
            Remedy(f"{words}, and run that on a worker thread: `await {to_thread}(function)`", Safety.SKETCH)
        ]
    safe = changes_nothing_shared(source, link, call)
    return [Remedy(title, Safety.SAFE if safe else Safety.CHANGES_BEHAVIOUR, diff)]


def _is_awaited(link: Link, node: ast.expr) -> bool:
    parent = link.parsed.module.parents.get(node)
    if isinstance(parent, ast.withitem):
        return isinstance(link.parsed.module.parents.get(parent), ast.AsyncWith)
    return isinstance(parent, ast.Await)


def _line(link: Link) -> int:
    return link.call.lineno if link.call is not None else link.function.lineno


def _awaited(source: PythonSource, links: list[Link], replacement: str) -> list[Remedy]:
    """Every function of the chain becomes async, every call in it awaited; nothing, if one cannot."""
    if (
        any(map(is_lazy, links))
        or not all(map(can_await, links))
        or not all(map(can_become_async, links[:-1]))
    ):
        return []
    drafts: dict[str, Draft] = {}
    functions = {id(link.function) for link in links}
    for index, link in enumerate(links):
        draft = drafts.setdefault(link.parsed.module.file, Draft(link.parsed.module))
        if index == 0:
            spelled = reference(link.parsed, draft, replacement, link.function.body[0])
            if spelled is None or not isinstance(link.call, ast.Call):
                return []
            draft.replace(draft.start(link.call.func), draft.end(link.call.func), spelled)
        _add_await(link, draft)
        if not link.is_async:
            draft.insert(draft.start(link.function), "async ")
    left: list[str] = []
    for link, outer in pairwise(links):
        left += _other_callers(source, link, outer, drafts[link.parsed.module.file], functions)
    diff = joined(draft.diff() for draft in drafts.values())
    if diff is None:
        return []
    if not left:
        return [Remedy(AWAIT, Safety.SAFE, diff)]
    where = shorten(", ".join(dict.fromkeys(left)))
    return [Remedy(f"{AWAIT}; also used at {where}, which must await it", Safety.CHANGES_BEHAVIOUR, diff)]


def _add_await(link: Link, draft: Draft) -> None:
    if link.call is None:
        return
    start, end = draft.start(link.call), draft.end(link.call)
    if needs_parentheses(link.parsed, link.call):
        draft.insert(end, ")")
        draft.insert(start, "(await ")
    else:
        draft.insert(start, "await ")


def _other_callers(
    source: PythonSource, link: Link, outer: Link, draft: Draft, functions: set[int]
) -> list[str]:
    """Await the function wherever an async function of its file calls it; say where else it is used."""
    parsed = link.parsed
    name = parsed.module.qualname(link.function)
    left: set[int] = set()
    for node in parsed.module.nodes:
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        if (node.attr if isinstance(node, ast.Attribute) else node.id) != link.function.name:
            continue
        if isinstance(outer.call, ast.Call) and node is outer.call.func:
            continue
        meant = parsed.names.qualified(node)
        if meant != name and not (meant is None and isinstance(node, ast.Attribute)):
            continue
        call = parsed.module.parents.get(node)
        caller = parsed.module.function_of(node)
        becomes = isinstance(caller, ast.AsyncFunctionDef) or id(caller) in functions
        if meant == name and becomes and isinstance(call, ast.Call) and call.func is node:
            assert isinstance(caller, ast.FunctionDef | ast.AsyncFunctionDef)
            other = Link(parsed, caller, call)
            if can_await(other):
                _add_await(other, draft)
                continue
        left.add(node.lineno)
    return [f"line {line}" for line in sorted(left)] + _other_files(source, link, outer)


def _other_files(source: PythonSource, link: Link, outer: Link) -> list[str]:
    """Other files of the user's that seem to use the function, the chain's own call left out."""
    word = re.compile(rf"\b{re.escape(link.function.name)}\b")
    call = re.compile(rf"\b{re.escape(link.function.name)}\s*\(")
    found = []
    for file in source.sources.files():
        text = source.sources.text(file) or ""
        if file == link.parsed.module.file or not source.sources.is_user(file):
            continue
        if len(call.findall(text)) > 1 if file == outer.parsed.module.file else word.search(text):
            found.append(file)
    return found
