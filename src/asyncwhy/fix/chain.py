"""The chain of the user's functions from a line up to the async function that runs it on the loop."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, replace
from itertools import pairwise

from asyncwhy.model import Site
from asyncwhy.source import PythonSource
from asyncwhy.source.python import Parsed
from asyncwhy.source.python_module import FunctionNode

_IN_PLACE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")  # frames of their own before CPython 3.12
#: Calls that return an iterator which waits for jobs.
LAZY = frozenset(
    (
        "concurrent.futures.as_completed",
        "concurrent.futures.ThreadPoolExecutor.map",
        "concurrent.futures.ProcessPoolExecutor.map",
    )
)
#: Libraries of loops, whose functions take awaitables.
LOOPS = ("asyncio.", "trio.", "anyio.")
_TRANSPARENT = ("/contextlib.py",)
_PLAIN = frozenset({"staticmethod", "classmethod"})


@dataclass(frozen=True, slots=True)
class Link:
    """One function of the chain and the call in it that leads inwards (None where none was found); `within` is the
    function that ran directly inside (empty where that is unknown or native), `inner` the user's functions from the
    named line up to here."""

    parsed: Parsed
    function: FunctionNode
    call: ast.expr | None
    line: int = 0
    within: str = ""
    inner: tuple[Link, ...] = ()

    @property
    def is_async(self) -> bool:
        """Whether the function is a coroutine function already."""
        return isinstance(self.function, ast.AsyncFunctionDef)


def chain_of(source: PythonSource, site: Site, stack: tuple[Site, ...], call: str) -> list[Link] | None:
    """The links from the site's function out to the innermost async one, which is the last.

    None where that one is not reached through the user's own named functions alone: what somebody else calls, a
    library or another function to which it was given, cannot become a coroutine function.
    """
    links: list[Link] = []
    hint = call
    for frame in _outwards(site, stack):
        link = _link(source, frame, hint)
        if link is None or not source.sources.is_user(frame.file):
            return None
        if links and links[-1].function is link.function and _in_place(hint):
            hint = link.function.name
            continue
        if links and not calls(link, links[-1].function.name):
            return None
        links.append(link)
        if link.is_async:
            return links
        hint = frame.function if _in_place(frame.function) else link.function.name
    return None


def async_link(source: PythonSource, site: Site, stack: tuple[Site, ...], call: str) -> Link | None:
    """The innermost async function of the user's, and the call in it, whatever lies further in."""
    hint, within = call, _within(site, stack)
    inner: list[Link] = []
    for frame in _outwards(site, stack):
        if source.sources.is_user(frame.file) and not frame.function.endswith("<lambda>"):
            link = _link(source, frame, "" if _in_place(hint) else hint)
            if link is not None and link.is_async:
                return replace(link, within=within, inner=tuple(inner))
            if link is not None:
                inner.append(link)
        hint = within = frame.function
    return None


def _within(site: Site, stack: tuple[Site, ...]) -> str:
    for inner, frame in pairwise(stack):
        if (frame.file, frame.line) == (site.file, site.line):
            return inner.function
    return ""


def is_at(link: Link, site: Site) -> bool:
    """Whether the site is in the link's own function."""
    return link.parsed.module.file == site.file and link.function.name == site.function.rpartition(".")[2]


def calls(link: Link, name: str) -> bool:
    """Whether what the link's line calls is a function of that name, not one that it was given to."""
    return isinstance(link.call, ast.Call) and link.parsed.calls.matches(link.call, name)


def may_await(source: PythonSource, site: Site, stack: tuple[Site, ...], call: str) -> bool:
    """Whether whoever rewrites the functions from the line outwards can await there: the user's own code calls them,
    or opens them as contexts, and none of them is given to anybody else."""
    inner, hint = "", call
    for frame in _outwards(site, stack):
        if inner and frame.file.endswith(_TRANSPARENT):
            inner = ""  # whoever opens it is free to: its `with` may become an `async with`
            continue
        link = _link(source, frame, hint)
        if link is None or not source.sources.is_user(frame.file):
            return False
        if inner and not _in_place(inner) and not calls(link, inner):
            return False
        if link.is_async:
            return True
        inner = hint = frame.function if _in_place(frame.function) else link.function.name
    return False


def _in_place(name: str) -> bool:
    return name.rpartition(".")[2] in _IN_PLACE


def _outwards(site: Site, stack: tuple[Site, ...]) -> list[Site]:
    """The frames from the site outwards, whether or not the stack holds the site and what lies within."""
    for index, frame in enumerate(stack):
        if (frame.file, frame.line) == (site.file, site.line):
            return [site, *stack[index + 1 :]]
    return [site, *stack]


def _link(source: PythonSource, frame: Site, hint: str) -> Link | None:
    parsed = source.parsed(frame.file)
    if parsed is None or frame.function.endswith("<lambda>"):
        return None
    found = parsed.module.functions_at(frame.line)
    name = frame.function.rpartition(".")[2]
    found = [node for node in found if node.name == name] or found
    if not found:
        return None
    column = frame.column if frame.end_column is not None else None
    node = parsed.calls.at(frame.line, column, None, frame.end_column, hint or None)
    if node is not None and hint and not (isinstance(node, ast.Call) and parsed.calls.matches(node, hint)):
        by_name = parsed.calls.at(frame.line, None, None, None, hint)
        if isinstance(by_name, ast.Call) and parsed.calls.matches(by_name, hint):
            node = by_name
    return Link(parsed, found[0], node, frame.line)


def can_await(link: Link) -> bool:
    """Whether `await` may stand before the call: not in a lambda, a generator expression, a lock's body."""
    if link.call is None or link.parsed.module.function_of(link.call) is not link.function:
        return False
    given = False  # to a call that is none of a loop's: those take awaitables, which an `await` would use up
    for outer in link.parsed.module.ancestors(link.call):
        if outer is link.function:
            return True
        if isinstance(outer, ast.GeneratorExp) or (isinstance(outer, ast.Await) and not given):
            return False
        if isinstance(outer, ast.Call):
            given |= not (link.parsed.names.qualified(outer.func) or "").startswith(LOOPS)
        if isinstance(outer, ast.JoinedStr) and sys.version_info < (3, 12):
            return False  # nodes inside f-strings have no true positions
        if isinstance(outer, ast.With):
            if any(link.parsed.state.resources.context(item) == "lock" for item in outer.items):
                return False  # a thread's lock held across an await stops every other task that wants it
    return True


def is_lazy(link: Link) -> bool:
    """Whether the call only makes an iterator, over which a `for` then waits: to move the call moves nothing."""
    call = link.call
    parent = link.parsed.module.parents.get(call) if call is not None else None
    if not isinstance(call, ast.Call) or not isinstance(parent, ast.For | ast.comprehension):
        return False
    callee = link.parsed.names.qualified(call.func) or ""
    functions = link.parsed.module.functions.get(callee, [])
    return callee in LAZY or any(link.parsed.module.describe(one).is_generator for one in functions)


def can_become_async(link: Link) -> bool:
    """Whether `def` may become `async def` without its callers seeing more than an awaitable."""
    function = link.parsed.module.describe(link.function)
    special = function.name.startswith("__") and function.name.endswith("__")
    return not (function.is_generator or special or set(function.decorators) - _PLAIN)


def needs_parentheses(parsed: Parsed, node: ast.expr) -> bool:
    """Whether `await node` has to be put in parentheses where the node stands."""
    match parsed.module.parents.get(node):
        case ast.Attribute(value=used) | ast.Subscript(value=used) | ast.Call(func=used):
            return used is node
    return False
