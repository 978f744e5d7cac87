"""A call that blocks -> its asynchronous counterpart, awaited; the functions on the way become coroutine functions."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import pairwise

from asyncwhy.catalog import Entry
from asyncwhy.fix.chain import Link, can_await, can_become_async, is_lazy, needs_parentheses
from asyncwhy.fix.edits import Draft, joined
from asyncwhy.fix.imports import reference
from asyncwhy.fix.sharing import acts_on_what_it_read
from asyncwhy.model import Remedy, Safety
from asyncwhy.source import PythonSource
from asyncwhy.source.python_module import shorten

AWAIT = "await the wait, so the loop can run the others"


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses a function, or if not `certain` one of its name."""

    where: str
    certain: bool
    line: int = 0


def awaited(source: PythonSource, links: list[Link], entry: Entry, replacement: str) -> list[Remedy]:
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
            if not _replaced(link, draft, entry, replacement):
                return []
        else:
            _add_await(link, draft)
        if not link.is_async:
            draft.insert(draft.start(link.function), "async ")
    left: list[Use] = []
    for link, outer in pairwise(links):
        left += _other_uses(source, link, outer, drafts[link.parsed.module.file], functions)
    diff = joined(draft.diff() for draft in drafts.values())
    if diff is None:
        return []
    if left:
        where = shorten(", ".join(dict.fromkeys(use.where for use in left)))
        if any(use.certain for use in left):  # the diff alone would break those
            words = f"{AWAIT}: `{replacement}` for `{entry.name}`"
            return [Remedy(f"{words}; also used at {where}, which must then await it", Safety.SKETCH)]
        words = f"{AWAIT}; if what {where} uses is the same, it must await it"
        return [Remedy(words, Safety.CHANGES_BEHAVIOUR, diff)]
    safe = entry.drop_in == "call" and not any(map(acts_on_what_it_read, links))
    return [Remedy(AWAIT, Safety.SAFE if safe else Safety.CHANGES_BEHAVIOUR, diff)]


def _replaced(link: Link, draft: Draft, entry: Entry, replacement: str) -> bool:
    """Write the counterpart in the call's place: `sleep(1)` -> `await asyncio.sleep(1)`, or where its receiver is the
    argument, `future.result()` -> `await asyncio.wrap_future(future)`."""
    call = link.call
    spelled = reference(link.parsed, draft, replacement, link.function.body[0])
    if spelled is None or not isinstance(call, ast.Call):
        return False
    if entry.drop_in == "call":
        draft.replace(draft.start(call.func), draft.end(call.func), spelled)
        _add_await(link, draft)
        return True
    if not isinstance(call.func, ast.Attribute) or call.args or call.keywords:
        return False
    text = f"await {spelled}({draft.written(call.func.value)})"
    tight = needs_parentheses(link.parsed, call)
    draft.replace(draft.start(call), draft.end(call), f"({text})" if tight else text)
    return True


def _add_await(link: Link, draft: Draft) -> None:
    if link.call is None:
        return
    start, end = draft.start(link.call), draft.end(link.call)
    if needs_parentheses(link.parsed, link.call):
        draft.insert(end, ")")
        draft.insert(start, "(await ")
    else:
        draft.insert(start, "await ")


def _other_uses(
    source: PythonSource, link: Link, outer: Link, draft: Draft, functions: set[int]
) -> list[Use]:
    """Await the function wherever an async function of its file calls it; say where else it is used."""
    parsed = link.parsed
    name = parsed.module.qualname(link.function)
    left: set[Use] = set()
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
        left.add(Use(f"line {node.lineno}", meant == name, node.lineno))
    return sorted(left, key=lambda use: use.line) + _other_files(source, link, outer)


def _other_files(source: PythonSource, link: Link, outer: Link) -> list[Use]:
    """Other files of the user's that use the function, or something of its name."""
    name = re.escape(link.function.name)
    word = re.compile(rf"\b{name}\b")
    call = re.compile(rf"\b{name}\s*\(")
    imports = re.compile(rf"^\s*from\s.+\simport\s.*\b{name}\b", re.MULTILINE)
    found = []
    for file in source.sources.files():
        text = source.sources.text(file) or ""
        if file == link.parsed.module.file or not source.sources.is_user(file):
            continue
        if file == outer.parsed.module.file:
            if len(call.findall(text)) > 1:
                found.append(Use(file, certain=bool(imports.search(text))))
        elif word.search(text):
            found.append(Use(file, certain=bool(imports.search(text))))
    return found
