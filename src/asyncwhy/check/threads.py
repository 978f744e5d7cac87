"""What is done on the wrong thread: a loop touched from outside, a second loop, a pool that waits for itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from asyncwhy.check.calling import Place
from asyncwhy.check.draft import Draft
from asyncwhy.check.handing import Handoff
from asyncwhy.check.reach import Graph
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import ASYNC, Expr
from asyncwhy.check.values import Class, External, ExternalInstance, Function, Instance

_UNSAFE_CLASSES = {
    "Future": ("set_result", "set_exception", "cancel"),
    "Task": ("cancel",),
    "Event": ("set", "clear"),
    "Queue": ("put_nowait", "get_nowait"),
    "AbstractEventLoop": ("call_soon", "call_later", "call_at", "create_task", "stop"),
}
_UNSAFE_FUNCTIONS = frozenset({"asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task"})
_STARTING = frozenset(
    "asyncio.run asyncio.runners.run asyncio.events.AbstractEventLoop.run_until_complete"
    " asyncio.AbstractEventLoop.run_until_complete asyncio.events.AbstractEventLoop.run_forever".split()
)


def found(scope: Scope, on_loop: Graph, handed: Iterable[Handoff]) -> Iterator[Draft]:
    """All of these faults; `on_loop` is what the loop runs."""
    handed = list(handed)
    yield from _loops_on_the_loop(scope, on_loop)
    threads = Graph(on_loop.calling)
    starts = {
        one.function: one for one in handed if one.function is not None and _is_plain(scope, one.function)
    }
    threads.explore({function: one.how for function, one in starts.items()})
    for node in list(threads.nodes.values()):
        if scope.project.known(node.function.path).foreign or not _is_plain(scope, node.function):
            continue
        for name, call in on_loop.calling.externals(node):
            yield from _touch(threads, node.function, name, call)
    reached = {(function.path, function.index): function for function in on_loop.nodes}
    for one in handed:
        function = reached.get((one.frame.path, one.frame.index))
        if one.external in _STARTING and function is not None:
            yield _second(one.place, (one.place,), on_loop, function, "on a thread, while one runs already")
    yield from _waiting_for_themselves(scope, threads, handed)


def _is_plain(scope: Scope, function: Function) -> bool:
    return not scope.project.known(function.path).functions[function.index].flags & ASYNC


def _loops_on_the_loop(scope: Scope, graph: Graph) -> Iterator[Draft]:
    said = "where one runs already: it raises RuntimeError"
    for node in [node for node in graph.nodes.values() if node.runs and not node.guarded]:
        source = scope.project.known(node.function.path)
        if source.foreign or "nest_asyncio" in {module for module, _ in source.summary.imports.values()}:
            continue
        for call in node.runs:
            called = scope.evaluate(call[1], node.function, call[4])
            if isinstance(called, External) and called.name in _STARTING:
                place = Place(node.function.path, node.function.index, *call[4:8])
                yield _second(place, (place,), graph, node.function, said)


def _second(place: Place, path: tuple[Place, ...], graph: Graph, function: Function, said: str) -> Draft:
    draft = Draft(
        "second-loop", place, "asyncio.run", "other", f"a loop is started {said}", "",
        "await the coroutine, or send it to the first loop by `run_coroutine_threadsafe`", path,
    )  # fmt: skip
    _enter(draft, graph, function, path)
    return draft


def _enter(draft: Draft, graph: Graph, function: Function, path: tuple[Place, ...]) -> None:
    for root, steps in graph.roots_of(function):
        full = (*path, *steps)
        if not draft.entries:
            draft.path = full
        draft.entries.setdefault(Function(root.path, root.index), (graph.roots[root], full[-1]))


def _touch(graph: Graph, function: Function, name: str, call: Any) -> Iterator[Draft]:
    place = Place(function.path, function.index, *call[4:8])
    owner, _, last = name.rpartition(".")
    module, _, kind = owner.rpartition(".")
    if name in _STARTING and last == "run":
        draft = _second(place, (place,), graph, function, "on a thread, beside the first")
        draft.weight, draft.hint = 2, True
        yield draft
        return
    unsafe = name in _UNSAFE_FUNCTIONS or (
        module.partition(".")[0] in ("asyncio", "_asyncio") and last in _UNSAFE_CLASSES.get(kind, ())
    )
    if unsafe:
        draft = Draft(
            "unsafe-wakeup", place, name, "other", f"`{kind or 'asyncio'}.{last}` from another thread",
            "the loop does not notice", "use `loop.call_soon_threadsafe`", (place,),
        )  # fmt: skip
        _enter(draft, graph, function, (place,))
        # Deep below a job there is often a way that only the loop takes, or a RuntimeError that is expected.
        draft.hint = len(draft.path) > (1 if last in ("create_task", "ensure_future") else 3)
        if draft.entries:
            yield draft


def _waiting_for_themselves(scope: Scope, graph: Graph, handed: list[Handoff]) -> Iterator[Draft]:
    """Jobs of a pool that wait for jobs of the same pool."""
    pools: dict[object, list[Handoff]] = {}
    for one in handed:
        pool = identity(scope, one.pool, one.frame)
        if pool is not None:
            pools.setdefault(pool, []).append(one)
    for jobs in pools.values():
        targets = {one.function.index: one for one in jobs if one.function is not None}
        for inner in jobs:
            node = graph.nodes.get(inner.frame) or next(
                (
                    n
                    for f, n in graph.nodes.items()
                    if (f.path, f.index) == (inner.frame.path, inner.frame.index)
                ),
                None,
            )
            if node is None or inner.frame.index not in targets:
                continue
            for blocking in node.blocking:
                if blocking.entry.name == "concurrent.futures.Future.result":
                    yield Draft(
                        "pool-deadlock", blocking.place, blocking.entry.name, "lock",
                        "a job of the pool waits for another job of the same pool", "waits for a worker; it holds one",
                        "wait outside of the pool, or use a second pool", (blocking.place,),
                    )  # fmt: skip


def identity(scope: Scope, shape: Expr, frame: Function) -> object:
    """What tells one pool from another: the global or the attribute that holds it."""
    if type(shape) is str:
        source = scope.project.known(frame.path)
        return (frame.path, shape) if shape in source.summary.names else None
    if type(shape) is tuple and shape[0] == ".":
        owner = scope.evaluate(shape[1], frame, 1 << 30)
        if isinstance(owner, Instance | Class):
            return (owner.path, owner.index, shape[2])
        if isinstance(owner, ExternalInstance):
            return None
    return None
