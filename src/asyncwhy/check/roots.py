"""What the event loop runs: coroutines, and the plain functions that are handed to it as callbacks."""

from __future__ import annotations

from asyncwhy.check.project import Project, Source
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import ABSTRACT, ASYNC, STARTS, TRIVIAL, Expr
from asyncwhy.check.values import Class, External, Function, Instance, Partial, Value

#: Methods that put a plain function on the loop, and which of their arguments it is.
_CALLBACKS = {
    "call_soon": 0, "call_soon_threadsafe": 0, "call_later": 1, "call_at": 1, "add_reader": 1, "add_writer": 1,
    "add_signal_handler": 1,
}  # fmt: skip
_LOOPS = ("asyncio.", "uvloop.", "_asyncio.")
_PROTOCOLS = frozenset(
    f"asyncio.{spelling}{name}"
    for spelling in ("", "protocols.")
    for name in ("Protocol", "BufferedProtocol", "DatagramProtocol", "SubprocessProtocol", "BaseProtocol")
)
_PROTOCOL_METHODS = (
    "connection_made connection_lost data_received eof_received datagram_received error_received pause_writing"
    " resume_writing pipe_data_received pipe_connection_lost process_exited buffer_updated get_buffer".split()
)


def of_file(scope: Scope, path: str) -> dict[Function, str]:
    """Every function that the loop runs, as a checked file says, and how: "async def" or the callback's call."""
    found: dict[Function, str] = {}
    source = scope.project.known(path)
    for index, function in enumerate(source.functions):
        if function.flags & ASYNC and not function.flags & (ABSTRACT if function.flags & TRIVIAL else 0):
            receiver = Instance(path, function.owner) if function.owner >= 0 else None
            found[Function(path, index, receiver if function.parent < 0 else None)] = "async def"
    for index, function in enumerate(source.functions):
        if function.flags & STARTS:
            found.update(_callbacks(scope, source, index))
    found.update(_protocols(scope, source))
    return found


def _callbacks(scope: Scope, source: Source, index: int) -> dict[Function, str]:
    function = source.functions[index]
    receiver = Instance(source.path, function.owner) if function.owner >= 0 and function.parent < 0 else None
    frame = Function(source.path, index, receiver)
    found: dict[Function, str] = {}
    for call in source.body(index).calls:
        name = call[1][2] if type(call[1]) is tuple and call[1][0] == "." else ""
        position = _CALLBACKS.get(name, 0 if name == "add_done_callback" else -1)
        if position < 0 or len(call[2]) <= position:
            continue
        method = scope.evaluate(call[1], frame, call[4])
        if name == "add_done_callback":
            if not (isinstance(method, External) and method.name.startswith(_LOOPS)):
                continue
        elif not (method is None or (isinstance(method, External) and method.name.startswith(_LOOPS))):
            continue
        target = _callable(scope, call[2][position], frame, call[4])
        if target is not None and not source_flags(scope.project, target) & ASYNC:
            found[target] = name
    return found


def _callable(scope: Scope, shape: Expr, frame: Function, line: int) -> Function | None:
    value: Value = scope.evaluate(shape, frame, line)
    if isinstance(value, Partial):
        value = scope.filled(value)
    return value if isinstance(value, Function) and value.path in scope.project.packed else None


def source_flags(project: Project, function: Function) -> int:
    """The flags of a function."""
    return project.known(function.path).functions[function.index].flags


def _protocols(scope: Scope, source: Source) -> dict[Function, str]:
    found: dict[Function, str] = {}
    for index, one in enumerate(source.classes):
        if not one.bases or not any(name in one.methods for name in _PROTOCOL_METHODS):
            continue
        bases = scope.lineage(Class(source.path, index))
        if any(isinstance(base, External) and base.name in _PROTOCOLS for base in bases):
            for name in _PROTOCOL_METHODS:
                if name in one.methods:
                    found[Function(source.path, one.methods[name], Instance(source.path, index))] = name
    return found
