"""Hints from the source alone: awaits that could overlap, and locks held over an await.

By itself an await says nothing of how long it takes, and of thirty such places read by hand half were worth nothing
(facts/static.md): so these are hints, and the loops around awaits are judged by `asyncwhy.source` as in a measured run.
"""

from __future__ import annotations

from collections.abc import Iterator

from asyncwhy.check.calling import Place
from asyncwhy.check.draft import Draft
from asyncwhy.check.handing import frame_of
from asyncwhy.check.project import Source
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import ASYNC, AWAITED, LOCKED
from asyncwhy.check.values import ExternalInstance
from asyncwhy.source import Await, AwaitKind, Confidence, PythonSource

_LOCKS = ("asyncio.Lock", "asyncio.locks.Lock", "anyio.Lock", "trio.Lock")


def of_file(scope: Scope, path: str, reading: PythonSource) -> Iterator[Draft]:
    """All hints in a checked file."""
    source = scope.project.known(path)
    for index, function in enumerate(source.functions):
        if function.flags & ASYNC:
            yield from _locked(scope, source, index)
            yield from _overlapping(reading, source, index)


def _locked(scope: Scope, source: Source, index: int) -> Iterator[Draft]:
    body, frame = source.body(index), frame_of(source, index)
    for shape, line, column, end_line, end_column, is_async in body.enters:
        value = scope.evaluate(shape, frame, line) if is_async == 1 else None
        held = isinstance(value, ExternalInstance) and value.name in _LOCKS
        awaits = any(call[8] & AWAITED and call[8] & LOCKED and call[4] > line for call in body.calls)
        if held and awaits:
            yield Draft(
                "serialised-by-lock", Place(source.path, index, line, column, end_line, end_column), "asyncio.Lock",
                "lock", "the lock is held over an await: others queue for it", "held while something else is awaited",
                "hold it only around what must not overlap", weight=1, hint=True,
            )  # fmt: skip


def _overlapping(reading: PythonSource, source: Source, index: int) -> Iterator[Draft]:
    qualname = source.functions[index].qualname
    function = reading.function_at(
        source.path, source.functions[index].line + 1, source.functions[index].name
    )
    awaits = reading.awaits(source.path, function) if function is not None else ()
    plain = [
        one
        for one in awaits
        if one.kind is AwaitKind.AWAIT and one.function.endswith(qualname.rpartition(".")[2])
    ]
    for one in plain:
        if one.loop is not None and one.loop.kind in ("for", "comprehension"):
            answer = reading.independent(source.path, (one,))
            if answer.independent and answer.confidence is not Confidence.LOW:
                yield _draft(
                    "await-in-loop",
                    source,
                    index,
                    one,
                    f"each turn awaits `{one.call}` before the next begins",
                )
    outside = [one for one in plain if one.loop is None and not one.guards]
    for first, second in zip(outside, outside[1:], strict=False):
        answer = reading.independent(source.path, (first, second))
        if answer.independent and answer.confidence is not Confidence.LOW:
            said = f"`{second.call}` waits for `{first.call}` without need"
            yield _draft("sequential-awaits", source, index, second, said)


def _draft(cause: str, source: Source, index: int, one: Await, headline: str) -> Draft:
    place = Place(source.path, index, one.line, one.column - 1, one.extent.end_line, one.end_column - 1)
    return Draft(
        cause, place, one.call, "other", headline, "does not depend on what is awaited before",
        "start them together: `asyncio.gather`, or a TaskGroup", weight=1, hint=True,
    )  # fmt: skip
