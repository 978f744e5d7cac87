"""Attributes: of modules, of classes through their bases, of objects through what their methods set."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from asyncwhy.check.project import Project
from asyncwhy.check.shapes import ATTRIBUTE, CLASS_METHOD, PROPERTY, STATIC, Expr
from asyncwhy.check.values import (
    Class,
    External,
    ExternalInstance,
    Function,
    Instance,
    Module,
    Partial,
    Super,
    Value,
)

Base = Class | External


class Attributes:
    """The part of `Scope` that looks attributes up."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.depth = 0
        self.builtins = frozenset(dir(builtins))
        self.names: dict[Any, Value] = {}
        self.globals: dict[tuple[str, str], Value] = {}
        self.calls: dict[Any, Value] = {}
        self.results: dict[Function, Value] = {}
        self.contexts: dict[tuple[str, int], set[Any]] = {}
        self._lineages: dict[Class, tuple[Base, ...]] = {}
        self._attributes: dict[Any, Value] = {}
        self._installed: dict[str, Value] = {}

    def evaluate(self, shape: Expr, frame: Function, line: int) -> Value:
        """Defined by `Scope`."""
        raise NotImplementedError

    def asking(self, path: str) -> AbstractContextManager[None]:
        """Within, a file is what is asked: `Following` notes whom it asks in turn."""
        return nullcontext()

    def typed(self, shape: Expr, frame: Function, line: int) -> Value:
        """Defined by `Annotations`."""
        raise NotImplementedError

    def result(self, called: Value) -> Value:
        """Defined by `Results`."""
        raise NotImplementedError

    def with_arguments(self, called: Function, shape: Expr, frame: Function) -> Function:
        """Defined by `Results`."""
        raise NotImplementedError

    def decorated(self, function: Function) -> Value:
        """Defined by `Results`."""
        raise NotImplementedError

    def of_module(self, path: str, name: str) -> Value:
        """Defined by `Scope`."""
        raise NotImplementedError

    def lineage(self, cls: Class) -> tuple[Base, ...]:
        """A class and its bases, in the order in which attributes are looked up (nearly: depth first, the last
        mention of a base counts)."""
        known = self._lineages.get(cls)
        if known is not None:
            return known
        self._lineages[cls] = (cls,)  # bases in a circle
        found: list[Base] = [cls]
        one = self.project.known(cls.path).classes[cls.index]
        frame = Function(cls.path, max(one.parent, 0))
        for shape in one.bases:
            base = self.evaluate(shape, frame, one.line)
            if isinstance(base, Class):
                found += self.lineage(base)
            elif isinstance(base, External):
                found.append(base)
        answer = tuple(reversed(dict.fromkeys(reversed(found))))
        self._lineages[cls] = answer
        return answer

    def attribute(self, value: Value, name: str) -> Value:
        """The attribute of a value."""
        if value is None:
            return None
        if isinstance(value, External):
            return self._of_external(value.name, name)
        if isinstance(value, ExternalInstance):
            return self.project.externals.attribute(value.name, name)
        key = (value, name)
        if key not in self._attributes:
            self._attributes[key] = None
            self._attributes[key] = self._attribute_of(value, name)
        return self._attributes[key]

    def _of_external(self, owner: str, name: str) -> Value:
        dotted = f"{owner}.{name}"
        if not self.project.externals.covers(dotted):
            target = self.project.find(dotted, "")
            if target is not None:
                return Module(target)
        return self.project.externals.variable(dotted)

    def installed(self, name: str) -> Value:
        """What the catalogue covers without listing it (`slack_sdk.WebClient.users_info`), as its package has it."""
        if name not in self._installed:
            self._installed[name] = None
            if name.partition(".")[0] not in sys.stdlib_module_names and self.project.externals.covers(
                name.partition(".")[0]
            ):
                self._installed[name] = self._walk(name.split("."))
        return self._installed[name]

    def _walk(self, parts: list[str]) -> Value:
        for count in range(len(parts) - 1, 0, -1):
            path = self.project.installed("/".join(parts[:count]))
            if path is not None:
                value: Value = Module(path)
                for part in parts[count:]:
                    value = Instance(value.path, value.index) if isinstance(value, Class) else value
                    value = self.attribute(value, part)
                return value
        return None

    def _attribute_of(self, value: Value, name: str) -> Value:
        if isinstance(value, Module):
            found = self.of_module(value.path, name)
            if isinstance(found, External) and found.name == f"builtins.{name}":
                return None
            return found
        if isinstance(value, Class):
            return self._of_class(value, name)
        if isinstance(value, Instance):
            return self._of_object(value, self.lineage(Class(value.path, value.index)), name)
        if isinstance(value, Super):
            return self._of_super(value, name)
        if isinstance(value, Partial) and name == "func":
            return value.value
        if isinstance(value, Function) and name == "__wrapped__":
            return value
        return None

    def _of_super(self, value: Super, name: str) -> Value:
        receiver = value.receiver
        own = Class(value.path, value.index)
        start = Class(receiver.path, receiver.index) if isinstance(receiver, Instance | Class) else own
        line = self.lineage(start)
        after = line[line.index(own) + 1 :] if own in line else self.lineage(own)[1:]
        target = receiver if isinstance(receiver, Instance) else Instance(own.path, own.index)
        return self._of_object(target, after, name)

    def _of_class(self, value: Class, name: str) -> Value:
        for base in self.lineage(value):
            if isinstance(base, External):
                return self._of_external(base.name, name)
            one = self.project.known(base.path).classes[base.index]
            if name in one.methods:
                index = one.methods[name]
                flags = self.project.known(base.path).functions[index].flags
                receiver: Value = value if flags & CLASS_METHOD else None
                return self.decorated(Function(base.path, index, receiver))
            inner = self._inner_class(base, one.qualname, name)
            if inner is not None:
                return inner
            if name in one.attributes:
                return self._set(one.attributes[name], base, Instance(value.path, value.index))
        return None

    def _inner_class(self, base: Class, qualname: str, name: str) -> Value:
        for index, other in enumerate(self.project.known(base.path).classes):
            if other.name == name and other.qualname == f"{qualname}.{name}":
                return Class(base.path, index)
        return None

    def _of_object(self, value: Instance, lineage: tuple[Base, ...], name: str) -> Value:
        external: Value = None
        for base in lineage:
            if isinstance(base, External):
                external = external or self.project.externals.attribute(base.name, name)
                if external is not None and self.project.externals.entry(f"{base.name}.{name}"):
                    return external
                continue
            source = self.project.known(base.path)
            one = source.classes[base.index]
            if name in one.methods:
                index = one.methods[name]
                flags = source.functions[index].flags
                receiver: Value = None if flags & STATIC else value
                function = Function(base.path, index, receiver)
                return self.result(function) if flags & PROPERTY else self.decorated(function)
            if name in one.attributes:
                found = self._set(one.attributes[name], base, value)
                if found is not None:
                    return found
            inner = self._inner_class(base, one.qualname, name)
            if inner is not None:
                return inner
        return external

    def _set(self, places: tuple[Any, ...], base: Class, receiver: Instance) -> Value:
        """The value of an attribute: as annotated, else the first of what is assigned that is known."""
        one = self.project.known(base.path).classes[base.index]
        for wanted in (1, 2):
            for place in places:
                shape, index = place[wanted], place[0]
                if shape is None:
                    continue
                frame = (
                    Function(base.path, max(one.parent, 0))
                    if index < 0
                    else Function(base.path, index, receiver)
                )
                value = (
                    self.typed(shape, frame, 1 << 30) if wanted == 1 else self.evaluate(shape, frame, 1 << 30)
                )
                if value is not None:
                    return value
        return self._handed_up(places, base, receiver)

    def _handed_up(self, places: tuple[Any, ...], base: Class, receiver: Instance) -> Value:
        """The value of `self.x = x` in a base's constructor, as the constructors of derived classes give it `x`."""
        constructor = self.project.known(base.path).classes[base.index].methods.get("__init__")
        kept = [shape for index, _, shape in places if index == constructor and type(shape) is str]
        if constructor is None or not kept:
            return None
        for cls in self.lineage(Class(receiver.path, receiver.index)):
            if cls == base:
                break
            if isinstance(cls, Class):
                for given in self._constructions(cls, Function(base.path, constructor), receiver):
                    value = self.evaluate(kept[0], given, 1 << 30)
                    if value is not None:
                        return value
        return None

    def _constructions(self, cls: Class, wanted: Function, receiver: Instance) -> Iterator[Function]:
        """The calls of a base's constructor by a class's own, with what they give it."""
        source = self.project.known(cls.path)
        index = source.classes[cls.index].methods.get("__init__")
        if index is None:
            return
        frame = Function(cls.path, index, receiver)
        for call in source.body(index).calls:
            func = call[1]
            if type(func) is tuple and func[0] == ATTRIBUTE and func[2] == "__init__":
                called = self.evaluate(func, frame, call[4])
                if isinstance(called, Function) and (called.path, called.index) == (
                    wanted.path,
                    wanted.index,
                ):
                    yield self.with_arguments(called, call, frame)
