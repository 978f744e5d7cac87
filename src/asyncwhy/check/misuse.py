"""Faults that one call shows: coroutines dropped, tasks that nobody keeps, calls made too early, loops in debug mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from asyncwhy.check.calling import Place
from asyncwhy.check.draft import Draft
from asyncwhy.check.handing import Handoff, frame_of, is_called_at_once
from asyncwhy.check.project import Source
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import (
    ASYNC,
    AWAITED,
    DROPS,
    GENERATOR,
    LOOPED,
    STARTS,
    STATEMENT,
    TESTED,
    FunctionSummary,
)
from asyncwhy.check.values import Awaitable, Class, External, Function, Instance, Partial, Value

_LOOP_CREATE = ("asyncio.events.AbstractEventLoop.create_task", "asyncio.AbstractEventLoop.create_task")
_TASKS = frozenset(
    {"asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task", *_LOOP_CREATE}
)
_SET_DEBUG = frozenset({"asyncio.events.AbstractEventLoop.set_debug", "asyncio.AbstractEventLoop.set_debug"})


def of_file(scope: Scope, path: str) -> Iterator[Draft]:
    """Those of these faults that a checked file shows by itself."""
    source = scope.project.known(path)
    for index, function in enumerate(source.functions):
        if function.flags & (DROPS | STARTS):
            frame = frame_of(source, index)
            for call in source.body(index).calls:
                if _may_tell(function, call):
                    yield from _of_call(scope, source, frame, call)


def of_handoffs(scope: Scope, handed: Iterable[Handoff]) -> Iterator[Draft]:
    """What is handed over as the result of a call."""
    for handoff in handed:
        yield from _of_handoff(scope, handoff)


def _may_tell(function: FunctionSummary, call: Any) -> bool:
    """Whether a call shows one of these faults, if it calls what has it: its value is dropped, or it may be an
    `asyncio.run` that says `debug` or stands in a loop."""
    flags, words = call[8], call[3]
    if flags & (STATEMENT | TESTED):
        return not flags & AWAITED or bool(words)
    if not words:
        return False
    return bool(flags & LOOPED and not function.flags & ASYNC) or any(word == "debug" for word, _ in words)


def _of_call(scope: Scope, source: Source, frame: Function, call: Any) -> Iterator[Draft]:
    flags, index, words = call[8], frame.index, call[3]
    dropped = flags & (STATEMENT | TESTED) and not flags & AWAITED
    called = scope.evaluate(call[1], frame, call[4])
    place = Place(source.path, index, *call[4:8])
    if dropped and _is_coroutine(scope, called):
        said = "is never awaited" if flags & STATEMENT else "is tested, not awaited: it is always true"
        name = _name(scope, called)
        yield Draft(
            "never-awaited",
            place,
            name,
            "other",
            f"`{name}` {said}",
            "the coroutine is dropped",
            f"await `{name}`",
        )
    if not isinstance(called, External):
        return
    if flags & STATEMENT and called.name in _TASKS:
        yield Draft(
            "task-lost", place, called.name, "other", "the task is kept nowhere: it may vanish, and its exception with it",
            "nothing refers to the task", "keep the task (in a set, or a TaskGroup)", weight=2,
        )  # fmt: skip
    debug = called.name == "asyncio.run" and any(word == "debug" and _is_true(value) for word, value in words)
    if debug or (called.name in _SET_DEBUG and call[2] and _is_true(call[2][0])):
        yield Draft(
            "loop-misconfigured", place, called.name, "other", "the loop runs in debug mode, whatever the environment says",
            "slows every step", "leave it to PYTHONASYNCIODEBUG", weight=2, hint=not debug,
        )  # fmt: skip
    if called.name == "asyncio.run" and flags & LOOPED and not source.functions[index].flags & ASYNC:
        yield _loop_per_call(place)


def _loop_per_call(place: Place) -> Draft:
    return Draft(
        "second-loop", place, "asyncio.run", "other", "a loop is made and closed for every turn",
        "one loop per turn: nothing overlaps", "one `asyncio.run` around all of it", weight=2, hint=True,
    )  # fmt: skip


def _is_coroutine(scope: Scope, called: Value) -> bool:
    if isinstance(called, Instance | Class):
        return False
    if isinstance(called, Function):
        flags = scope.project.known(called.path).functions[called.index].flags
        return bool(flags & ASYNC) and not flags & GENERATOR
    if isinstance(called, External):
        result = scope.project.externals.result(called.name)
        return isinstance(result, Awaitable) and called.name.startswith(("asyncio.", "_asyncio."))
    return False


def _name(scope: Scope, called: Value) -> str:
    if isinstance(called, Function):
        return scope.project.known(called.path).functions[called.index].qualname
    return called.name if isinstance(called, External) else ""


def _is_true(shape: Any) -> bool:
    return type(shape) is tuple and len(shape) == 3 and shape[1] == "bool" and shape[2] is True


def _of_handoff(scope: Scope, handoff: Handoff) -> Iterator[Draft]:
    if not is_called_at_once(handoff):
        return
    shape, place = handoff.shape, handoff.place
    called = scope.evaluate(shape[1], handoff.frame, shape[4])
    result = scope.evaluate(shape, handoff.frame, shape[4])
    if isinstance(called, External):
        entry = scope.project.externals.entry(called.name)
        if entry is None:
            return
        name = called.name
    elif isinstance(called, Function) and not isinstance(result, Function | Partial | Class | External):
        summary = scope.project.known(called.path).functions[called.index]
        body = scope.project.known(called.path).body(called.index)
        if body.returns and result is None and not summary.flags & ASYNC:
            return
        if isinstance(result, Instance) and isinstance(scope.attribute(result, "__call__"), Function):
            return
        name = summary.qualname
    else:
        return
    yield Draft(
        "ran-inline", place, name, "other", f"`{name}` is called here, before `{handoff.how}` gets anything",
        "runs on the caller", f"hand over `{name}` itself, and its arguments after it",
    )  # fmt: skip
