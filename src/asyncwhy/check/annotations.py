"""Annotations to the values that they promise."""

from __future__ import annotations

from asyncwhy.check.attributes import Attributes
from asyncwhy.check.shapes import Expr
from asyncwhy.check.values import (
    Awaitable,
    Class,
    External,
    ExternalInstance,
    Function,
    Instance,
    Items,
    Manager,
    Several,
    Value,
)

_FIRST = frozenset({"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired"})
_ITEMS = frozenset(
    "list List set Set frozenset FrozenSet Sequence Iterable Iterator Generator Collection deque Deque AsyncIterator"
    " AsyncIterable AsyncGenerator MutableSequence Container".split()
)
_MAPPINGS = frozenset("dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict".split())
_AWAITABLE = frozenset({"Awaitable", "Coroutine", "Future", "Task"})
_MANAGERS = frozenset(
    {"AbstractContextManager", "ContextManager", "AbstractAsyncContextManager", "AsyncContextManager"}
)
_NOTHING = frozenset({"typing", "typing_extensions", "builtins", "collections", "types"})


class Annotations(Attributes):
    """The part of `Scope` that reads annotations."""

    def typed(self, shape: Expr, frame: Function, line: int) -> Value:
        """An object of the annotated type."""
        if shape is None or self.depth > 30:
            return None
        self.depth += 1
        try:
            if type(shape) is tuple and shape[0] == "|":
                return self.typed(shape[1], frame, line) or self.typed(shape[2], frame, line)
            if type(shape) is tuple and shape[0] == "[":
                return self._generic(shape, frame, line)
            return self._object(self.evaluate(shape, frame, 1 << 30), frame)
        finally:
            self.depth -= 1

    def _object(self, value: Value, frame: Function) -> Value:
        if isinstance(value, Class):
            return Instance(value.path, value.index)
        if isinstance(value, External):
            module, _, last = value.name.rpartition(".")
            if last == "Self" and module.startswith("typing"):
                receiver = frame.receiver
                return Instance(receiver.path, receiver.index) if isinstance(receiver, Class) else receiver
            if module in ("typing", "typing_extensions") and last in ("TextIO", "BinaryIO", "IO"):
                return ExternalInstance("typing.IO")
            if module.partition(".")[0] in _NOTHING:
                return ExternalInstance(value.name) if last in ("str", "bytes") else None
            return ExternalInstance(value.name) if self.project.externals.is_class(value.name) else None
        if isinstance(value, Items | Awaitable):
            return value
        return None

    def _generic(self, shape: Expr, frame: Function, line: int) -> Value:  # noqa: PLR0911 (one line per case)
        base, key = self.evaluate(shape[1], frame, 1 << 30), shape[2]
        if isinstance(base, Class):
            return Instance(base.path, base.index)
        if not isinstance(base, External):
            return None
        name = base.name.rpartition(".")[2]
        keys = key[1] if type(key) is tuple and key[0] == "T" else (key,)
        if name in _FIRST:
            found = (self.typed(one, frame, line) for one in keys)
            return next((value for value in found if value is not None), None)
        if name in _ITEMS:
            return Items(self.typed(keys[0], frame, line))
        if name in _MAPPINGS:
            return Items(self.typed(keys[-1], frame, line))
        if name in _AWAITABLE:
            if base.name.startswith("concurrent"):
                return ExternalInstance("concurrent.futures.Future")
            return Awaitable(self.typed(keys[-1], frame, line))
        if name in _MANAGERS:
            return Manager(self.typed(keys[0], frame, line))
        if name in ("tuple", "Tuple"):
            return Several(tuple(self.typed(one, frame, line) for one in keys))
        if name in ("type", "Type"):
            value = self.typed(keys[0], frame, line)
            return Class(value.path, value.index) if isinstance(value, Instance) else None
        return self._object(base, frame)
