"""Remedies for computing on the loop: a process, a thread where the call releases the GIL, or many calls at once."""

from __future__ import annotations

import ast
import itertools

from asyncwhy.catalog import Entry
from asyncwhy.fix.block import Block, moved
from asyncwhy.fix.chain import Link, async_link, is_at
from asyncwhy.fix.imports import backend, process_call, thread_call
from asyncwhy.fix.sharing import is_owned_by_its_thread, tells_a_loop
from asyncwhy.fix.threads import is_awaited, librarys, noted, threaded
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource
from asyncwhy.source.python import Parsed
from asyncwhy.source.python_module import shorten

COMPUTES_NO_FASTER = "though it computes no faster"
RESPONSIVE = f"or keep the loop responsive, {COMPUTES_NO_FASTER}"
#: Said of a call in a loop: nobody counted how many of them make up the time.
HOP = " (a hop for each call, of about 0.1 ms: only if one takes much longer)"
LIBRARYS = (
    "this is the work of what is awaited, on the loop's own thread: ask it for less at once (pages, a stream), or run "
    "all that uses it in another process"
)
ENOUGH = "one line: it runs on worker threads, which is enough, since `{call}` releases the GIL"
PROCESS = "compute in a process, so that the loop stays free and other cores help"
IN_BETWEEN = (
    "what the loop at line {line} does needs the event loop: let others run in between, with `{turn}` in every "
    "hundredth turn"
)
#: What cannot go to another process, by the names that it usually has.
_UNSENDABLE = frozenset({"request", "app", "websocket", "ws", "session", "client", "conn", "connection"})
BATCH = (
    "it is called often, for a moment each time: collect what there is to do, and work off many in one job, `await "
    "{job}`; a hop for each call would cost about as much as the call"
)


def cpu_on_loop_remedies(
    source: PythonSource,
    site: Site,
    stack: tuple[Site, ...],
    call: str = "",
    loop: int | None = None,
    entry: Entry | None = None,
    *,
    releases_gil: bool = False,
    often: bool = False,
) -> tuple[Remedy, ...]:
    """The ways out for computing on the loop: a process, or at least a thread.

    A computation that is spread over the lines of the loop at line `loop` has no call that could be moved; one that
    is called `often` is too short for a hop of its own.
    """
    link = async_link(source, site, stack, call)
    parsed = source.parsed(site.file)
    if link is None or (is_awaited(link) and not is_at(link, site)):
        theirs = parsed is not None and not source.sources.is_user(site.file)
        return (librarys(site) if theirs else _called_back(parsed, site, loop),)
    if is_awaited(link):
        return (Remedy(LIBRARYS, Safety.SKETCH),)
    if often:
        return (Remedy(BATCH.format(job=process_call(parsed, "function, batch")), Safety.SKETCH),)
    around = _turning(link, link.call) if isinstance(link.call, ast.Call) and loop is None else None
    if isinstance(around, ast.AsyncFor) and not releases_gil:
        return (Remedy(BATCH.format(job=process_call(parsed, "function, batch")), Safety.SKETCH),)
    if loop is not None or (around is not None and not releases_gil):
        return _whole_loop(link, site, loop or (around.lineno if around is not None else 0))
    if not isinstance(link.call, ast.Call) or (is_at(link, site) and not call):
        words = f"move the computation around line {site.line} into a function and run that in a process: "
        return (Remedy(f"{words}`await {process_call(parsed, 'function, ...')}`", Safety.SKETCH),)
    return _called(link, link.call, call, entry, releases_gil)


def _called(
    link: Link, node: ast.Call, call: str, entry: Entry | None, releases_gil: bool
) -> tuple[Remedy, ...]:
    if entry is not None and entry.instead:
        return (Remedy(entry.instead, Safety.SKETCH), *threaded(link, call, f"{RESPONSIVE}: one line"))
    if releases_gil:
        return tuple(threaded(link, call, noted(ENOUGH.format(call=call), entry)))
    if is_owned_by_its_thread(link, call):
        return tuple(threaded(link, call, ""))  # nor can its object be sent to a process
    title = f"{RESPONSIVE}: one line, runs on a worker thread"
    if _in_a_loop(link, node):
        title += HOP
    dropped = isinstance(link.parsed.module.parents.get(node), ast.Expr)
    if dropped and isinstance(node.func, ast.Attribute):
        functions = link.parsed.module.functions.get(link.parsed.names.qualified(node.func) or "", [])
        if not functions:
            return tuple(threaded(link, call, title))  # what it changes would change in the process only
    return (_process(link, node, entry), *threaded(link, call, title))


def _called_back(parsed: Parsed | None, site: Site, loop: int | None) -> Remedy:
    """What computes where nothing can be awaited: the loop itself calls it, or a library does."""
    what = f"the loop at line {loop}" if loop is not None else f"the computation around line {site.line}"
    job = process_call(parsed, "function, ...")
    return Remedy(
        f"move {what} into a function of its own and run that in a process, in a task that you keep: "
        f"`asyncio.create_task(...)` of a coroutine that does `await {job}`",
        Safety.SKETCH,
    )


def _process(link: Link, node: ast.Call, entry: Entry | None) -> Remedy:
    if _cannot_be_sent(link, node):
        words = f"{PROCESS}: put it into a function at the module's top that takes and returns plain data"
        return Remedy(
            noted(f"{words}, `await {process_call(link.parsed, 'function, ...')}`", entry), Safety.SKETCH
        )
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
    title = f"{PROCESS}: `await {process_call(link.parsed, shorten(job))}`"
    return Remedy(noted(title, entry), Safety.SKETCH)


def _cannot_be_sent(link: Link, node: ast.Call) -> bool:
    """Whether the call surely cannot be pickled: a function within a function, a lambda, a generator, a request."""
    name = link.parsed.names.qualified(node.func) or ""
    if "<locals>" in name or any(isinstance(one, ast.Lambda | ast.GeneratorExp) for one in ast.walk(node)):
        return True
    read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return bool(read & _UNSENDABLE) and not any(isinstance(one, ast.Await) for one in ast.walk(node))


def _turning(link: Link, node: ast.Call) -> ast.For | ast.While | ast.AsyncFor | None:
    """The outermost loop around the call whose turns need not give the event loop a turn: the call may be made any
    number of times while it is held, and a hop for each would cost more than it frees."""
    found: ast.For | ast.While | ast.AsyncFor | None = None
    for outer in link.parsed.module.ancestors(node):
        if outer is link.function:
            break
        if isinstance(outer, ast.For | ast.While | ast.AsyncFor) and not any(map(_awaits, outer.body)):
            found = outer
    return found


def _awaits(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) for node in ast.walk(statement))


def _in_a_loop(link: Link, node: ast.Call) -> bool:
    around = itertools.takewhile(lambda outer: outer is not link.function, link.parsed.module.ancestors(node))
    return any(isinstance(one, ast.For | ast.While | ast.AsyncFor | ast.comprehension) for one in around)


def _whole_loop(link: Link, site: Site, line: int) -> tuple[Remedy, ...]:
    """The loop at a line moves as a whole; one that tells the event loop something can only let others in between."""
    block = _loop_at(link, line) if is_at(link, site) else None
    if block is not None and any(
        isinstance(node, ast.Call) and tells_a_loop(link.parsed, node) for node in ast.walk(block)
    ):
        turn = f"await {backend(link.parsed)}.sleep(0)"
        return (Remedy(IN_BETWEEN.format(line=line, turn=turn), Safety.SKETCH),)
    job = process_call(link.parsed, "function, ...")
    words = (
        f"move the loop at line {line} into a function of its own and run that in a process: `await {job}`"
    )
    process = Remedy(words, Safety.SKETCH)
    if block is None:
        return (process,)
    diff = moved(link.parsed, link.function, block, thread_call(link.parsed))
    if diff is None:
        return (process,)
    return (
        process,
        Remedy(f"{RESPONSIVE}: the same function, on a worker thread", Safety.CHANGES_BEHAVIOUR, diff),
    )


def _loop_at(link: Link, line: int) -> Block | None:
    for node in ast.walk(link.function):
        if isinstance(node, ast.For | ast.While) and node.lineno == line:
            return node
    return None
