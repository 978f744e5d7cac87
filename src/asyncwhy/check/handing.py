"""Which functions are handed to threads and pools, with what, and what is called at once instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from asyncwhy.check.calling import Place
from asyncwhy.check.project import Source
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import CALL, STARTS, TUPLE, Expr
from asyncwhy.check.values import External, ExternalInstance, Function, Instance, Partial, Value

#: Where the function stands among the arguments, and where its own arguments begin.
_BY_NAME = {
    "asyncio.to_thread": 0,
    "asyncio.threads.to_thread": 0,
    "anyio.to_thread.run_sync": 0,
    "trio.to_thread.run_sync": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "fastapi.concurrency.run_in_threadpool": 0,
}
_EXECUTORS = ("concurrent.futures", "multiprocessing.pool")


class Handoff(NamedTuple):
    """A call that sends a function elsewhere: which function, where, to what (its shape), in which frame."""

    shape: Expr
    function: Function | None
    external: str
    place: Place
    pool: Expr
    frame: Function
    how: str


def frame_of(source: Source, index: int) -> Function:
    """A function with itself as the only context."""
    function = source.functions[index]
    receiver = Instance(source.path, function.owner) if function.owner >= 0 and function.parent < 0 else None
    return Function(source.path, index, receiver)


def of_file(scope: Scope, path: str) -> Iterator[Handoff]:
    """All of them in a checked file."""
    source = scope.project.known(path)
    for index, function in enumerate(source.functions):
        if function.flags & STARTS:
            frame = frame_of(source, index)
            for call in source.body(index).calls:
                found = _handoff(scope, call, frame)
                if found is not None:
                    yield found


def _handoff(scope: Scope, call: Any, frame: Function) -> Handoff | None:
    func, args, line = call[1], call[2], call[4]
    last = func if type(func) is str else func[2] if func[0] == "." else ""
    pool: Expr = None
    if last == "run_in_executor":
        shape, rest, pool = (args[1], args[2:], args[0]) if len(args) > 1 else (None, (), None)
    elif last in ("to_thread", "run_sync", "run_in_threadpool"):
        called = scope.evaluate(func, frame, line)
        position = _BY_NAME.get(called.name) if isinstance(called, External) else None
        shape, rest = (args[0], args[1:]) if position is not None and args else (None, ())
    elif last == "submit":
        owner = scope.evaluate(func[1], frame, line) if type(func) is tuple else None
        known = isinstance(owner, ExternalInstance) and owner.name.startswith(_EXECUTORS)
        shape, rest, pool = (args[0], args[1:], func[1]) if known and args else (None, (), None)
    elif last in ("Thread", "Timer"):
        words = dict(call[3])
        shape, given = words.get("target"), words.get("args")
        rest = given[1] if type(given) is tuple and given[0] == TUPLE else ()
    else:
        return None
    if shape is None:
        return None
    value = scope.evaluate(shape, frame, line)
    values = [scope.evaluate(one, frame, line) for one in rest]
    place = Place(frame.path, frame.index, *call[4:8])
    name = value.name if isinstance(value, External) else ""
    return Handoff(shape, _entered(scope, value, values), name, place, pool, frame, last)


def _entered(scope: Scope, value: Value, values: list[Value]) -> Function | None:
    if isinstance(value, Partial):
        value = scope.filled(value)
    return scope.given(value, values, {}) if isinstance(value, Function) else None


def is_called_at_once(handoff: Handoff) -> bool:
    """Whether what is handed over is the result of a call: `to_thread(f())`."""
    return type(handoff.shape) is tuple and handoff.shape[0] == CALL
