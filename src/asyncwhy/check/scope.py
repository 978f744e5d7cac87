"""Names and expressions to values: what a function sees, asked for lazily, each question once."""

from __future__ import annotations

from typing import Any, ClassVar

from asyncwhy.check.annotations import Annotations
from asyncwhy.check.externals import is_in_memory
from asyncwhy.check.project import CLASS, IMPORT, NESTED, PARAMETER, Local
from asyncwhy.check.results import Results
from asyncwhy.check.shapes import CLASS_METHOD, STATIC, Expr, FunctionSummary
from asyncwhy.check.values import (
    Awaitable,
    Class,
    External,
    ExternalInstance,
    Function,
    Instance,
    Items,
    Manager,
    Module,
    Partial,
    Several,
    Super,
    Value,
)

#: Deeper than this, an expression is left unresolved: real code needs about ten levels.
DEEPEST = 40
#: Calls that give back their first argument, or something with its items.
_OVER_FILES = frozenset("zipfile.ZipFile tarfile.open gzip.open gzip.GzipFile io.TextIOWrapper".split())
_SAME = frozenset(
    "builtins.list builtins.iter builtins.sorted builtins.reversed builtins.set copy.copy copy.deepcopy".split()
)


class Scope(Annotations, Results):
    """Evaluates expressions of `shapes`; a function with its context (`Function`) is the frame."""

    def evaluate(self, shape: Expr, frame: Function, line: int) -> Value:
        """What an expression stands for, in a function, at a line."""
        if type(shape) is str:
            return self.name(shape, frame, line)
        if shape is None:
            return None
        if self.depth > DEEPEST:
            return None
        self.depth += 1
        value: Value = self._by_tag[shape[0]](self, shape, frame, line)
        self.depth -= 1
        return value

    def name(self, name: str, frame: Function, line: int) -> Value:
        """What a name stands for: the innermost scope that has it decides."""
        source = self.project.known(frame.path)
        here: Function | None = frame
        while here is not None and here.index > 0:
            local = source.locals(here.index).get(name)
            if local is not None:
                return self._local(name, local, here, line)
            line = 1 << 30  # what encloses has run to its end
            here = self._outer(here, source.functions[here.index])
        return self.of_module(frame.path, name)

    def _outer(self, frame: Function, function: FunctionSummary) -> Function | None:
        if function.parent <= 0:
            return None
        if frame.outer is not None and frame.outer.index == function.parent:
            return frame.outer
        return Function(frame.path, function.parent, frame.receiver)

    def _local(self, name: str, local: Local, frame: Function, line: int) -> Value:
        """The last assignment before the line counts; before the first one a parameter, else the first."""
        assigns, other = local
        found: Any = None
        for one in assigns:
            if one[1] < line:
                found = one
        if found is None and assigns and (other is None or other[0] != PARAMETER):
            found = assigns[0]
        key = (name, frame, 0 if found is None else found[1])
        if key in self.names:
            return self.names[key]
        self.names[key] = None  # a name that is made of itself is unknown
        if found is not None:
            value = self._assigned(found, frame)
        else:
            assert other is not None
            value = self._other(other, frame)
        self.names[key] = value
        return value

    def _assigned(self, found: Any, frame: Function) -> Value:
        _, line, annotation, shape = found
        if annotation is not None:
            value = self.typed(annotation, frame, line)
            if value is not None:
                return value
        return self.evaluate(shape, frame, line)

    def _other(self, other: Any, frame: Function) -> Value:
        kind = other[0]
        if kind == NESTED:
            return self.decorated(Function(frame.path, other[1], None, (), frame))
        if kind == CLASS:
            return Class(frame.path, other[1])
        if kind == IMPORT:
            return self.imported(other[1], other[2], frame.path)
        return self._parameter(other[1], other[2], other[3], other[4], frame)

    def _parameter(self, position: int, name: str, annotation: Expr, default: Expr, frame: Function) -> Value:
        for given, value in frame.given:
            if given == name:
                return value
        function = self.project.known(frame.path).functions[frame.index]
        if position == 0 and function.owner >= 0 and function.parent < 0 and not function.flags & STATIC:
            own = frame.receiver or Instance(frame.path, function.owner)
            if function.flags & CLASS_METHOD and isinstance(own, Instance):
                own = Class(own.path, own.index)
            return own
        if annotation is not None:
            return self.typed(annotation, frame, function.line)
        if default is None:
            return None
        value = self.evaluate(default, Function(frame.path, max(function.parent, 0)), function.line)
        return value if isinstance(value, Function | External) else None

    def of_module(self, path: str, name: str) -> Value:
        """What a module's name stands for; asked from within and from without."""
        key = (path, name)
        if key in self.globals:
            return self.globals[key]
        self.globals[key] = None
        self.globals[key] = found = self._of_module(path, name)
        return found

    def _of_module(self, path: str, name: str) -> Value:  # noqa: C901, PLR0911 (one line per case)
        source = self.project.source(path)
        if source is None:
            return None
        summary = source.summary
        if name in summary.made:
            return Class(path, summary.made[name])
        if name in summary.defined:
            return self.decorated(Function(path, summary.defined[name]))
        if name in summary.names:
            frame = Function(path, 0)
            for annotation, shape in summary.names[name]:
                value = self.typed(annotation, frame, 1 << 30) if annotation is not None else None
                value = value or self.evaluate(shape, frame, 1 << 30)
                if value is not None:
                    return value
            if name not in summary.imports:
                return None
        if name in summary.imports:
            return self.imported(*summary.imports[name], path)
        for star in summary.stars:
            target = self.project.find(star, path)
            value = self.of_module(target, name) if target is not None and target != path else None
            if value is not None and not (isinstance(value, External) and value.name.startswith("builtins.")):
                return value
        if path.endswith("__init__.py"):
            inner = self.project.find(f".{name}", path)
            if inner is not None and inner != path:
                return Module(inner)
        return External(f"builtins.{name}") if name in self.builtins else None

    def imported(self, module: str, name: str, importer: str) -> Value:
        """What an import brings in; `name` is empty for the module itself."""
        target = self.project.find(module, importer)
        if not name:
            return Module(target) if target is not None else External(module)
        if target is not None and target != importer:
            value = self.of_module(target, name)
            if value is not None:
                return value
        dots = module if module.endswith(".") else f"{module}."
        inner = self.project.find(f"{dots}{name}", importer)
        if inner is not None and inner != importer:
            return Module(inner)
        if target is not None or module.startswith("."):
            return None
        return self.project.externals.variable(f"{module}.{name}")

    def _attribute(self, shape: Expr, frame: Function, line: int) -> Value:
        return self.attribute(self.evaluate(shape[1], frame, line), shape[2])

    def _call(self, shape: Expr, frame: Function, line: int) -> Value:
        key = (shape[4], shape[5], shape[6], shape[7], frame)
        if key in self.calls:
            return self.calls[key]
        self.calls[key] = None
        self.calls[key] = found = self._called(shape, frame)
        return found

    def _called(self, shape: Expr, frame: Function) -> Value:
        line = shape[4]
        func = shape[1]
        if func == "super":
            return self._super(frame)
        called = self.evaluate(func, frame, line)
        if isinstance(called, External):
            special = self.special(called.name, shape, frame)
            if special is not NotImplemented:
                return special  # type: ignore[no-any-return]
        if isinstance(called, Function):
            called = self.with_arguments(called, shape, frame)
        return self.result(called)

    def _super(self, frame: Function) -> Value:
        source = self.project.known(frame.path)
        index, receiver = frame.index, frame.receiver
        function = source.functions[index]
        if function.owner < 0:
            return None
        return Super(frame.path, function.owner, receiver or Instance(frame.path, function.owner))

    def special(self, name: str, shape: Expr, frame: Function) -> Any:  # noqa: C901, PLR0911 (one line per case)
        """Calls whose value follows from their arguments; NotImplemented for all others."""
        args, line = shape[2], shape[4]
        if name == "functools.partial" and args:
            values = [self.evaluate(arg, frame, line) for arg in args]
            keywords = tuple((word, self.evaluate(value, frame, line)) for word, value in shape[3])
            return Partial(values[0], tuple(values[1:]), keywords)
        if name in _OVER_FILES and args:
            inner = self.evaluate(args[0], frame, line)
            if isinstance(inner, ExternalInstance) and is_in_memory(inner.name):
                return None
        if name in ("typing.cast", "typing_extensions.cast") and len(args) == 2:
            # A type variable says nothing: the value is what it was.
            return self.typed(args[0], frame, line) or self.evaluate(args[1], frame, line)
        if (
            name in ("builtins.list", "builtins.iter", "builtins.sorted", "builtins.reversed", "builtins.set")
            and args
        ):
            return self.evaluate(args[0], frame, line)
        if name == "builtins.next" and args:
            return items_of(self.evaluate(args[0], frame, line))
        if name == "builtins.enumerate" and args:
            return Items(Several((None, items_of(self.evaluate(args[0], frame, line)))))
        if name == "builtins.type" and len(args) == 1:
            value = self.evaluate(args[0], frame, line)
            return Class(value.path, value.index) if isinstance(value, Instance) else None
        if (
            name in ("asyncio.wait_for", "asyncio.shield", "asyncio.create_task", "asyncio.ensure_future")
            and args
        ):
            return self.evaluate(args[0], frame, line)
        if name in ("contextlib.closing", "contextlib.nullcontext") and args:
            return Manager(self.evaluate(args[0], frame, line))
        if name in _SAME and args:
            return self.evaluate(args[0], frame, line)
        if name in ("asyncio.to_thread", "anyio.to_thread.run_sync") and args:
            return Awaitable(self.result(self.evaluate(args[0], frame, line)))
        return NotImplemented

    def _await(self, shape: Expr, frame: Function, line: int) -> Value:
        value = self.evaluate(shape[1], frame, line)
        return value.value if isinstance(value, Awaitable) else None

    def _subscript(self, shape: Expr, frame: Function, line: int) -> Value:
        value = self.evaluate(shape[1], frame, line)
        if isinstance(value, Instance):
            return self.result(self.attribute(value, "__getitem__"))
        if isinstance(value, ExternalInstance):
            return self.project.externals.result(f"{value.name}.__getitem__")
        if isinstance(value, Class | External):
            return value  # a generic with its arguments
        return items_of(value)

    def _divide(self, shape: Expr, frame: Function, line: int) -> Value:
        for side in shape[1:]:
            value = self.evaluate(side, frame, line)
            if isinstance(value, ExternalInstance) and "pathlib.PurePath" in self.project.externals.lineage(
                value.name
            ):
                return value
        return None

    def _either(self, shape: Expr, frame: Function, line: int) -> Value:
        return self.evaluate(shape[1], frame, line) or self.evaluate(shape[2], frame, line)

    def _constant(self, shape: Expr, frame: Function, line: int) -> Value:
        return ExternalInstance(f"builtins.{shape[1]}")

    def _lambda(self, shape: Expr, frame: Function, line: int) -> Value:
        return Function(frame.path, shape[1], frame.receiver, (), self.shallow(frame))

    def _items(self, shape: Expr, frame: Function, line: int) -> Value:
        value = self.evaluate(shape[1], frame, line)
        return None if value is None else Items(value)

    def _tuple(self, shape: Expr, frame: Function, line: int) -> Value:
        return Several(tuple(self.evaluate(one, frame, line) for one in shape[1]))

    def _item_of(self, shape: Expr, frame: Function, line: int) -> Value:
        value = self.evaluate(shape[1], frame, line)
        if isinstance(value, Instance):
            iterator = self.result(self.attribute(value, "__iter__"))
            if isinstance(iterator, Instance):
                return self.result(self.attribute(iterator, "__next__"))
            return items_of(iterator)
        return items_of(value)

    def _entered(self, shape: Expr, frame: Function, line: int) -> Value:
        value = self.evaluate(shape[1], frame, line)
        if isinstance(value, Instance):
            entered = self.result(self.attribute(value, "__aenter__" if shape[0] == "E" else "__enter__"))
            if isinstance(entered, Awaitable):
                entered = entered.value
            return entered or value
        if isinstance(value, Manager | Items):
            return value.value
        if isinstance(value, ExternalInstance):
            return self.project.externals.entered(value.name)
        return None

    def _part(self, shape: Expr, frame: Function, line: int) -> Value:
        value = self.evaluate(shape[1], frame, line)
        if isinstance(value, Several):
            return value.values[shape[2]] if shape[2] < len(value.values) else None
        return items_of(value)

    _by_tag: ClassVar[dict[str, Any]] = {
        ".": _attribute, "(": _call, "w": _await, "[": _subscript, "k": _constant, "/": _divide, "|": _either,
        "l": _lambda, "L": _items, "T": _tuple, "D": _items, "i": _item_of, "I": _item_of, "e": _entered,
        "E": _entered, "t": _part,
    }  # fmt: skip


def items_of(value: Value) -> Value:
    """What something has as its items."""
    if isinstance(value, Items):
        return value.value
    if isinstance(value, Several):
        return next((one for one in value.values if one is not None), None)
    return None
