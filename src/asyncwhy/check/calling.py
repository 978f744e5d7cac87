"""What one function does: which functions it enters, and what it calls that blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from asyncwhy.catalog import Entry
from asyncwhy.check import twins
from asyncwhy.check.externals import is_in_memory
from asyncwhy.check.harmless import is_harmless
from asyncwhy.check.overriding import Overriding
from asyncwhy.check.project import Project
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import (
    ABSTRACT,
    ASYNC,
    AWAITED,
    ENTERS,
    GENERATOR,
    IS_ASYNC,
    ITERATED,
    PROPERTY,
    RETURNED,
    TRIVIAL,
    WITH_AWAIT,
    Expr,
    FunctionSummary,
)
from asyncwhy.check.values import (
    Awaitable,
    Class,
    External,
    ExternalInstance,
    Function,
    Instance,
    Partial,
    Value,
)

#: Functions that call their function arguments at once, by their position.
_CALLING = {
    "builtins.map": 0, "builtins.filter": 0, "functools.reduce": 0, "itertools.starmap": 0,
    "contextvars.Context.run": 0,
}  # fmt: skip
_CONSUMING = frozenset(
    f"builtins.{name}"
    for name in "list tuple set frozenset dict sorted sum any all max min next enumerate".split()
)
#: Asking these says that a function knows both situations; what follows is not judged in a plain function.
_ASKING = frozenset(
    "asyncio.get_running_loop asyncio.current_task sniffio.current_async_library asyncio.events._get_running_loop"
    " asyncio._get_running_loop trio.lowlevel.in_trio_task trio.lowlevel.current_task".split()
)
#: Methods and functions that start a loop.
_RUNNING = frozenset({"run", "run_until_complete"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands, in `ast`'s columns."""

    path: str
    function: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Blocking:
    """A call of something that the catalogue lists."""

    place: Place
    name: str
    entry: Entry


@dataclass(slots=True)
class Node:
    """A function in its context: what it calls that blocks, and which functions it enters.  It is not told again."""

    function: Function
    blocking: list[Blocking] = field(default_factory=list)
    edges: list[tuple[Place, Function]] = field(default_factory=list)
    starts: list[Function] = field(
        default_factory=list
    )  # coroutines of the project, with what they are given
    runs: list[Any] = field(default_factory=list)  # calls that start a loop, as far as their names say
    externals: list[tuple[str, Any]] | None = None  # see `Calling.externals`
    guarded: bool = False  # it asks whether a loop runs


class Calling:
    """Tells of each function once; what is told rests on the function's file and on those that were asked for it."""

    def __init__(self, project: Project, scope: Scope) -> None:
        self.project = project
        self.scope = scope
        self.nodes: dict[Function, Node] = {}
        self.overriding = Overriding(project, scope)
        self.properties = self.property_names()

    def property_names(self) -> frozenset[str]:
        """The names that are a property of some class of the checked files."""
        found: set[str] = set()
        for path in self.project.packed:
            source = self.project.source(path)
            if source is not None:
                found.update(one.name for one in source.functions if one.flags & PROPERTY)
        return frozenset(found)

    def node(self, function: Function) -> Node:
        """What a function does."""
        known = self.nodes.get(function)
        if known is None:
            known = Node(function)
            with self.scope.asking(function.path):
                self._fill(known)
            self.nodes[function] = known
        return known

    def externals(self, node: Node) -> list[tuple[str, Any]]:
        """What a function calls outside the index, with the calls; asked only of what threads run."""
        if node.externals is None:
            frame = node.function
            with self.scope.asking(frame.path):
                called = [
                    (self.scope.evaluate(call[1], frame, call[4]), call)
                    for call in self.project.known(frame.path).asked(frame.index)
                ]
            node.externals = [(one.name, call) for one, call in called if isinstance(one, External)]
        return node.externals

    def _fill(self, node: Node) -> None:
        frame = node.function
        source = self.project.known(frame.path)
        function, body = source.functions[frame.index], source.body(frame.index)
        asked = False
        for call in source.asked(frame.index):
            if type(call[1]) is tuple and call[1][0] == "." and call[1][2] in _RUNNING:
                node.runs.append(call)
            called = self.scope.evaluate(call[1], frame, call[4])
            if isinstance(called, External) and called.name in _ASKING and not function.flags & ASYNC:
                asked = True
            if not asked and called is not None:
                place = Place(frame.path, frame.index, *call[4:8])
                self._call(node, place, called, call)
        if asked:
            node.guarded = True
            return
        for shape, line, column, end_line, end_column, kind in body.enters:
            if kind != IS_ASYNC:
                value = self.scope.evaluate(shape, frame, line)
                place = Place(frame.path, frame.index, line, column, end_line, end_column)
                # What is awaited within has probably been waited for at the end.
                self._methods(node, place, value, _WITH if kind != WITH_AWAIT else _WITH[:1])
        for shape, line, column, end_line, end_column, is_async in body.iterates:
            if not is_async:
                place = Place(frame.path, frame.index, line, column, end_line, end_column)
                value = self.scope.evaluate(shape, frame, line)
                self._methods(node, place, value, _FOR)
        for shape, line, column, end_column in body.attributes:
            if shape[2] in self.properties:
                place = Place(frame.path, frame.index, line, column, line, end_column)
                self._property(node, place, self.scope.evaluate(shape[1], frame, line), shape[2])

    def _call(self, node: Node, place: Place, called: Value, call: Any) -> None:
        flags = call[8]
        if isinstance(called, Partial):
            called = self.scope.filled(called)
        if isinstance(called, Instance):
            called = self.scope.attribute(called, "__call__")
        if isinstance(called, External):
            self._external(node, place, called.name, call)
        elif isinstance(called, Class):
            for name in ("__init__", "__new__", "__post_init__"):
                made = self.scope.attribute(Instance(called.path, called.index), name)
                if isinstance(made, Function):
                    self._enter(node, place, self.scope.with_arguments(made, call, node.function), flags)
        elif isinstance(called, Function) and not (flags & RETURNED and self.scope.gives_both(node.function)):
            self._enter(node, place, self.scope.with_arguments(called, call, node.function), flags)

    def _external(self, node: Node, place: Place, name: str, call: Any) -> None:
        entry = self.project.externals.entry(name)
        if entry is not None:
            waits = not call[8] & AWAITED and not isinstance(self.project.externals.result(name), Awaitable)
            waits = waits and not (entry.kind == "disk" and self._in_memory(node.function, call))
            if waits and not is_harmless(entry, call[1], call[2], call[3]):
                node.blocking.append(Blocking(place, name, entry))
            return
        target = self.scope.installed(name)
        if isinstance(target, Function):
            summary = self.project.known(target.path).functions[target.index]
            if not summary.flags & ASYNC:
                self._enter(node, place, self.scope.with_arguments(target, call, node.function), call[8])
            return
        position = _CALLING.get(name)
        if position is not None and len(call[2]) > position:
            self._argument(node, place, call[2][position], call[4])
        elif name in _CONSUMING:
            for word, shape in call[3]:
                if word == "key":
                    self._argument(node, place, shape, call[4])
            for shape in call[2]:
                if type(shape) is tuple and shape[0] == "(":
                    value = self.scope.evaluate(shape[1], node.function, call[4])
                    if isinstance(value, Function):
                        self._enter(node, place, value, ITERATED)

    def _in_memory(self, frame: Function, call: Any) -> bool:
        """Whether what is opened or read stands in memory: `ZipFile(BytesIO(data))`."""
        shapes = (*call[2], *(shape for _, shape in call[3]))
        values = (self.scope.evaluate(shape, frame, call[4]) for shape in shapes if shape is not None)
        return any(isinstance(value, ExternalInstance) and is_in_memory(value.name) for value in values)

    def _argument(self, node: Node, place: Place, shape: Expr, line: int) -> None:
        value = self.scope.evaluate(shape, node.function, line)
        if isinstance(value, Partial):
            value = self.scope.filled(value)
        if isinstance(value, Function):
            self._enter(node, place, value, 0)
        elif isinstance(value, External):
            entry = self.project.externals.entry(value.name)
            if entry is not None:
                node.blocking.append(Blocking(place, value.name, entry))

    def _enter(self, node: Node, place: Place, target: Function, flags: int) -> None:
        source = self.project.source(target.path)
        if source is None:
            return
        summary = source.functions[target.index]
        for override in self._overrides(node.function, target, summary):
            self._enter(node, place, override, flags)
        if self._is_told(node, place, target, flags):
            return
        if summary.flags & ASYNC:
            # A project's own `async def` is a root itself, once more for arguments that tell something; a library's
            # is looked at where it is awaited.
            if not source.foreign:
                if target.given:
                    node.starts.append(target)
                return
            if not flags & AWAITED:
                return
        elif summary.flags & GENERATOR:
            if not flags & (ITERATED | ENTERS):
                return
        elif flags & AWAITED and not self._gives_awaitable(target):
            return
        node.edges.append((place, target))

    def _is_told(self, node: Node, place: Place, target: Function, flags: int) -> bool:
        """Whether it is said of a function what a call of it does: by the catalogue, by the user, or by its class, which
        leaves it to derived ones."""
        source = self.project.known(target.path)
        summary = source.functions[target.index]
        blocks = self._listed(target)
        if blocks is not None:
            if not flags & AWAITED and not summary.flags & ASYNC:
                node.blocking.append(Blocking(place, *blocks))
            return True
        own = isinstance(target.receiver, Instance) and target.receiver is node.function.receiver
        if not (own and twins.is_left_to_others(summary)):
            return False
        left = Blocking(place, summary.qualname, twins.entry(summary.qualname))
        told = any(one.entry is left.entry for one in node.blocking)  # `list(self.x())` enters it twice
        if not (source.foreign or told or flags & AWAITED):
            node.blocking.append(left)
        return True

    def _overrides(self, frame: Function, target: Function, summary: FunctionSummary) -> list[Function]:
        """What stands for a method that does nothing itself, in the classes derived from the receiver's."""
        receiver = target.receiver
        if not summary.flags & (ABSTRACT | TRIVIAL) or not isinstance(receiver, Instance):
            return []
        return self.overriding.of(frame, Class(receiver.path, receiver.index), summary.name)

    def _gives_awaitable(self, target: Function) -> bool:
        return isinstance(self.scope.result(target), Awaitable)

    def _listed(self, target: Function) -> tuple[str, Entry] | None:
        """What the catalogue or the user says of a function of the index."""
        source = self.project.known(target.path)
        if not source.foreign and not self.project.externals.own:
            return None
        name = f"{self.project.dotted(target.path)}.{source.functions[target.index].qualname}"
        entry = self.project.externals.entry(name)
        return None if entry is None else (name, entry)

    def _methods(self, node: Node, place: Place, value: Value, names: tuple[str, ...]) -> None:
        if isinstance(value, Instance):
            for name in names:
                method = self.scope.attribute(value, name)
                if isinstance(method, Function):
                    self._enter(node, place, method, ITERATED)
                elif isinstance(method, External):
                    self._dunder(node, place, method.name)
        elif isinstance(value, ExternalInstance):
            for name in names:
                self._dunder(node, place, f"{value.name}.{name}")

    def _dunder(self, node: Node, place: Place, name: str) -> None:
        entry = self.project.externals.entry(name)
        if entry is not None and not is_harmless(entry, None, (), ()):
            node.blocking.append(Blocking(place, name, entry))

    def _property(self, node: Node, place: Place, value: Value, name: str) -> None:
        if not isinstance(value, Instance):
            return
        for base in self.scope.lineage(Class(value.path, value.index)):
            if isinstance(base, Class):
                source = self.project.known(base.path)
                index = source.classes[base.index].methods.get(name)
                if index is not None:
                    summary = source.functions[index]
                    if summary.flags & PROPERTY and not summary.flags & ASYNC:
                        node.edges.append((place, Function(base.path, index, value)))
                    return


_WITH = ("__enter__", "__exit__")
_FOR = ("__iter__", "__next__")
