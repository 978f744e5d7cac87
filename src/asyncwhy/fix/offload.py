"""`f(x)` -> `await asyncio.to_thread(f, x)`: the call as written, moved to a worker thread."""

from __future__ import annotations

import ast

from asyncwhy.fix.chain import Link, can_await, is_lazy, needs_parentheses
from asyncwhy.fix.edits import Draft
from asyncwhy.fix.imports import reference
from asyncwhy.source import PythonSource

_PURE_LIBRARY = ("time.", "requests.", "urllib.", "socket.", "subprocess.", "os.", "shutil.", "hashlib.")
_OWNED_BY_THREAD = ("sqlite3.Connection.", "sqlite3.Cursor.", "threading.RLock", "tkinter.")


def offloaded(link: Link, draft: Draft, to_thread: str) -> str | None:
    """The call as a thread's job, in its module's words (the import joins the draft)."""
    call = link.call
    if not isinstance(call, ast.Call) or not can_await(link) or is_lazy(link) or _opens_a_context(link, call):
        return None
    if call.keywords and not to_thread.startswith("asyncio."):
        return None  # trio's and anyio's run_sync pass no keyword arguments on
    bracket = _bracket(draft, call)
    spelled = reference(link.parsed, draft, to_thread, call)
    if bracket is None or spelled is None:
        return None
    function = draft.text[draft.start(call) : bracket].rstrip()
    arguments = draft.text[bracket + 1 : draft.end(call) - 1]
    if len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp) and not call.keywords:
        if draft.start(call.args[0]) == bracket:
            arguments = f"({arguments})"  # a bare generator expression must be the only argument
    if not (call.args or call.keywords):
        return f"await {spelled}({function}{arguments})"
    separator = "," if arguments[:1].isspace() else ", "
    return f"await {spelled}({function}{separator}{arguments})"


def offload_diff(link: Link, to_thread: str) -> str | None:
    """The diff that moves the link's call to a worker thread."""
    draft = Draft(link.parsed.module)
    text = offloaded(link, draft, to_thread)
    if text is None or link.call is None:
        return None
    if needs_parentheses(link.parsed, link.call):
        text = f"({text})"
    draft.replace(draft.start(link.call), draft.end(link.call), text)
    return draft.diff()


def is_owned_by_its_thread(link: Link, call: str) -> bool:
    """Whether the call's object refuses other threads than the one that made it."""
    callee = _callee(link) or call
    return callee.startswith(_OWNED_BY_THREAD)


def changes_nothing_shared(source: PythonSource, link: Link, call: str) -> bool:
    """Whether what would run on the thread is known to touch nothing that the loop's tasks share."""
    callee = _callee(link)
    functions = link.parsed.module.functions.get(callee or "", [])
    if functions:
        names = [
            source.shared_state(link.parsed.module.file, link.parsed.module.describe(f)) for f in functions
        ]
        return not any(names)
    return (callee or call).startswith(_PURE_LIBRARY) or callee == "builtins.open"


def _callee(link: Link) -> str | None:
    return link.parsed.names.qualified(link.call.func) if isinstance(link.call, ast.Call) else None


def _opens_a_context(link: Link, call: ast.Call) -> bool:
    parent = link.parsed.module.parents.get(call)
    return isinstance(parent, ast.withitem) and parent.context_expr is call


def _bracket(draft: Draft, call: ast.Call) -> int | None:
    """The offset of the call's opening parenthesis."""
    position, end = draft.end(call.func), draft.end(call)
    while position < end:
        character = draft.text[position]
        if character == "(":
            return position
        if character == "#":
            position = min(
                i for i in (draft.text.find("\n", position), draft.text.find("\r", position)) if i > 0
            )
        elif not (character.isspace() or character in ")\\"):
            return None
        position += 1
    return None
