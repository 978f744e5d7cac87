"""A coroutine that was made and dropped -> `await` before the call that makes it."""

from __future__ import annotations

import ast

from asyncwhy.fix.chain import Link, can_await, needs_parentheses
from asyncwhy.fix.edits import Draft
from asyncwhy.model import Remedy, Safety
from asyncwhy.source import Call, PythonSource
from asyncwhy.source.python import Parsed

AWAIT = "await it: without, the call only makes a coroutine, and nothing of it runs"
PUT = "put it without waiting: `put_nowait` is no coroutine; where the queue has a `maxsize` and is full, it raises QueueFull"
GIVEN = (
    "`{name}` is given to something that calls it and awaits nothing: give it a plain function instead, which does "
    "`asyncio.create_task({name}(...))` and keeps the task"
)
_QUEUES = ("asyncio.Queue.put", "asyncio.LifoQueue.put", "asyncio.PriorityQueue.put")


def never_awaited_remedies(source: PythonSource, call: Call) -> tuple[Remedy, ...]:
    """The ways out for a call (of `unawaited_calls` or `call_at`) whose coroutine nobody awaits."""
    parsed = source.parsed(call.file)
    node = None if parsed is None else parsed.module.node_at(call.extent)
    if parsed is None or not isinstance(node, ast.Call):
        return (Remedy(AWAIT, Safety.SKETCH),)
    function = parsed.module.function_of(node)
    if not isinstance(function, ast.AsyncFunctionDef):
        if call.qualified in _QUEUES and isinstance(node.func, ast.Attribute):
            return (Remedy(PUT, Safety.CHANGES_BEHAVIOUR, _put(parsed, node.func)),)
        words = "it is called where nothing can be awaited: make the function around it `async def`"
        entry = f"or, where no event loop runs yet: `asyncio.run({call.text})`"
        return (Remedy(words, Safety.SKETCH), Remedy(entry, Safety.SKETCH))
    background = f"or run it beside: `task = asyncio.create_task({call.text})`, and keep and await the task"
    diff = None
    if can_await(Link(parsed, function, node)):
        draft = Draft(parsed.module)
        text = f"await {draft.written(node)}"
        tight = needs_parentheses(parsed, node)
        draft.replace(draft.start(node), draft.end(node), f"({text})" if tight else text)
        diff = draft.diff()
    safety = Safety.SKETCH if diff is None else Safety.CHANGES_BEHAVIOUR
    return (Remedy(AWAIT, safety, diff), Remedy(background, Safety.SKETCH))


def never_called_remedies(source: PythonSource, file: str, name: str) -> tuple[Remedy, ...]:
    """The same where no call of that name stands in the file: somebody else makes the coroutine."""
    words = AWAIT if source.parsed(file) is None else GIVEN.format(name=name)
    return (Remedy(words, Safety.SKETCH),)


def _put(parsed: Parsed, method: ast.Attribute) -> str | None:
    draft = Draft(parsed.module)
    end = draft.end(method)
    draft.replace(end - len(method.attr), end, "put_nowait")
    return draft.diff()
