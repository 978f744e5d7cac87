"""`f(x)` -> `await asyncio.to_thread(f, x)`: the call as written, moved to a worker thread."""

from __future__ import annotations

import ast

from asyncwhy.fix.chain import Link, can_await, is_lazy, needs_parentheses
from asyncwhy.fix.edits import Draft
from asyncwhy.fix.imports import reference


def offloaded(link: Link, draft: Draft, to_thread: str, *, opened: bool = False) -> str | None:
    """The call as a thread's job, in its module's words (the import joins the draft)."""
    call = link.call
    if not isinstance(call, ast.Call) or not can_await(link) or is_lazy(link):
        return None
    if _opens_a_context(link, call) and not opened:
        return None  # what waits may be its entry, or its end
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
    job = f"{function}{separator}{arguments}"
    if call.keywords and not to_thread.startswith("asyncio."):
        # trio's and anyio's run_sync pass no keyword arguments on
        partial = reference(link.parsed, draft, "functools.partial", call)
        return None if partial is None else f"await {spelled}({partial}({job}))"
    return f"await {spelled}({job})"


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


def opened_diff(link: Link, to_thread: str) -> str | None:
    """The diff that makes on a worker thread only what a `with` opens, and enters it here."""
    draft = Draft(link.parsed.module)
    call = link.call
    if not isinstance(call, ast.Call) or not _opens_a_context(link, call):
        return None
    text = offloaded(link, draft, to_thread, opened=True)
    if text is None:
        return None
    draft.replace(draft.start(call), draft.end(call), text)
    return draft.diff()


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
