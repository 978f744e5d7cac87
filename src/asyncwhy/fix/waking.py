"""A call that another thread makes on a loop's objects -> the same, handed over by the call that wakes the loop."""

from __future__ import annotations

import ast
from dataclasses import replace

from asyncwhy.fix.edits import Draft
from asyncwhy.fix.imports import reference
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource
from asyncwhy.source.python import Parsed

HANDED = "hand it over with the call that wakes the loop"
#: Methods of a future, which knows its loop.
_FUTURES = ("set_result", "set_exception")


def woken(source: PythonSource, site: Site, remedies: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """The remedies, the first with its diff where the line itself says which loop is meant; else as they are, and a
    sketch, since they name a `loop` that the user has to provide."""
    parsed = source.parsed(site.file)
    node = (
        None
        if parsed is None
        else parsed.calls.at(site.line, site.column or None, None, site.end_column, None)
    )
    diff = _diff(parsed, node) if parsed is not None and isinstance(node, ast.Call) else None
    if diff is None:
        return tuple(replace(remedy, safety=Safety.SKETCH) for remedy in remedies)
    # A task's error would be logged; that of the future which comes instead is lost, unless somebody asks for it.
    safety = Safety.CHANGES_BEHAVIOUR if "run_coroutine_threadsafe" in diff else Safety.SAFE
    return (Remedy(HANDED, safety, diff), *remedies[1:])


def _diff(parsed: Parsed, node: ast.Call) -> str | None:
    if not isinstance(node.func, ast.Attribute) or not isinstance(parsed.module.parents.get(node), ast.Expr):
        return None  # what it returns is used, and would be something else
    draft = Draft(parsed.module)
    owner, method = draft.written(node.func.value), node.func.attr
    if method == "call_soon":
        draft.replace(draft.end(node.func) - len(method), draft.end(node.func), "call_soon_threadsafe")
    elif method == "create_task" and len(node.args) == 1 and not node.keywords:
        spelled = reference(parsed, draft, "asyncio.run_coroutine_threadsafe", node)
        if spelled is None:
            return None
        text = f"{spelled}({draft.written(node.args[0])}, {owner})"
        draft.replace(draft.start(node), draft.end(node), text)
    elif method in _FUTURES and len(node.args) == 1 and not node.keywords:
        argument = draft.written(node.args[0])
        text = f"{owner}.get_loop().call_soon_threadsafe({owner}.{method}, {argument})"
        draft.replace(draft.start(node), draft.end(node), text)
    elif method in ("call_later", "call_at") and node.args and not node.keywords:
        arguments = draft.text[draft.start(node.args[0]) : draft.end(node) - 1]
        text = f"{owner}.call_soon_threadsafe({owner}.{method}, {arguments})"
        draft.replace(draft.start(node), draft.end(node), text)
    else:
        return None
    return draft.diff()
