"""What a call gives, what decorators make of a function, and what a callee learns of its arguments."""

from __future__ import annotations

from asyncwhy.check.attributes import Attributes
from asyncwhy.check.shapes import ASYNC, CLASS_METHOD, GENERATOR, PROPERTY, STATIC, Expr, FunctionSummary
from asyncwhy.check.values import (
    Awaitable,
    Class,
    External,
    ExternalInstance,
    Function,
    Instance,
    Items,
    Manager,
    Partial,
    Value,
)

#: Contexts in which one function is looked at; beyond them, without what is known of its arguments.
MOST_CONTEXTS = 6
#: Decorators outside the index whose functions run in a thread, whatever package they come from.
OFFLOADING = frozenset(
    "sync_to_async database_sync_to_async asyncify run_in_threadpool run_on_executor to_thread run_in_thread"
    " threaded in_thread run_in_executor make_async aiowrap".split()
)
_MANAGING = frozenset({"contextmanager", "asynccontextmanager"})


class Results(Attributes):
    """The part of `Scope` that calls."""

    def result(self, called: Value) -> Value:
        """What a call of the value gives."""
        if isinstance(called, Function):
            if called not in self.results:
                self.results[called] = None  # a recursion
                self.results[called] = self._returned(called)
            return self.results[called]
        if isinstance(called, Class):
            return self._made(called)
        if isinstance(called, External):
            found = self.project.externals.result(called.name)
            if found is not None:
                return found
            source = self.installed(called.name)
            return self.result(source) if isinstance(source, Function) else None
        if isinstance(called, Partial):
            return self.result(self.filled(called))
        if isinstance(called, Instance):
            return self.result(self.attribute(called, "__call__"))
        return None

    def _made(self, cls: Class) -> Value:
        return Instance(cls.path, cls.index)

    def _returned(self, called: Function) -> Value:
        source = self.project.known(called.path)
        function = source.functions[called.index]
        value = self.typed(function.returns, called, function.line) if function.returns is not None else None
        if function.flags & GENERATOR:
            if not isinstance(value, Items | Manager):
                shapes = source.body(called.index).yields
                value = Items(self._first(shapes, called))
            if any(_last(shape) in _MANAGING for shape in function.decorators):
                return Manager(value.value)
            return value
        if value is None:
            value = self._first(source.body(called.index).returns, called)
        return Awaitable(value) if function.flags & ASYNC else value

    def _first(self, shapes: tuple[Expr, ...], frame: Function) -> Value:
        if self.depth > 25:
            return None
        self.depth += 1
        try:
            for shape in shapes:
                value = self.evaluate(shape, frame, 1 << 30)
                if value is not None:
                    return value
            return None
        finally:
            self.depth -= 1

    def decorated(self, function: Function) -> Value:
        """What stands under a function's name: itself, or what its decorators make of it."""
        source = self.project.known(function.path)
        summary = source.functions[function.index]
        value: Value = function
        for shape in reversed(summary.decorators):
            value = self._decorate(shape, value, summary, function)
            if value is None:
                return None
        return value

    def _decorate(self, shape: Expr, value: Value, summary: FunctionSummary, function: Function) -> Value:
        frame = Function(function.path, max(summary.parent, 0)) if function.outer is None else function.outer
        decorator = self.evaluate(shape, frame, summary.line)
        if _last(shape) in OFFLOADING and not isinstance(decorator, Function):
            return None
        if isinstance(decorator, Function) and isinstance(value, Function):
            made = self._wrapper(decorator, value)
            if isinstance(made, Function) and value.receiver is not None:
                made = Function(made.path, made.index, made.receiver, made.given, made.outer)
            return made if made is not None else value
        return value

    def _wrapper(self, decorator: Function, value: Function) -> Value:
        """What a decorator of the index gives back for a function: the function, or a wrapper around it."""
        summary = self.project.known(decorator.path).functions[decorator.index]
        names = [name for name, _, _ in summary.parameters if name not in ("self", "cls")]
        if not names or names[0].startswith("*"):
            return None
        frame = Function(
            decorator.path, decorator.index, decorator.receiver, ((names[0], value),), decorator.outer
        )
        if self._nesting(frame) > 4:
            return None
        made = self._like(value, frame) or self.result(frame)
        return made if isinstance(made, Function | Partial) else None

    def _like(self, value: Function, frame: Function) -> Value:
        """Of the several wrappers that a decorator has, the one that is asynchronous as the function is."""
        shapes = self.project.known(frame.path).body(frame.index).returns
        if len(shapes) < 2:
            return None
        wanted = self.project.known(value.path).functions[value.index].flags & ASYNC
        for shape in shapes:
            made = self.evaluate(shape, frame, 1 << 30)
            if isinstance(made, Function):
                if self.project.known(made.path).functions[made.index].flags & ASYNC == wanted:
                    return made
        return None

    def gives_both(self, frame: Function) -> bool:
        """Whether a wrapper gives something to await to some callers: what it gives to others, those do not get."""
        if frame.outer is None:
            return False
        shapes = self.project.known(frame.path).body(frame.index).returns
        return len(shapes) > 1 and any(
            isinstance(self.evaluate(shape, frame, 1 << 30), Awaitable) for shape in shapes
        )

    def shallow(self, frame: Function) -> Function | None:
        """The frame as a closure's outer one, unless closures nest too deeply."""
        return frame if self._nesting(frame) <= 4 else None

    def _nesting(self, frame: Function | None) -> int:
        deep = 0
        while frame is not None and deep < 10:
            inner = max((1 + self._nesting(v) for _, v in frame.given if isinstance(v, Function)), default=0)
            deep += 1 + inner
            frame = frame.outer
        return deep

    def filled(self, partial: Partial) -> Value:
        """A partial's callable, with what it was given."""
        value = partial.value
        if not isinstance(value, Function):
            return value
        return self.given(value, list(partial.args), dict(partial.keywords))

    def with_arguments(self, called: Function, shape: Expr, frame: Function) -> Function:
        """The callee with what is known of its arguments, where its own signature does not say it."""
        args, keywords, line = shape[2], shape[3], shape[4]
        if not args and not keywords:
            return called
        values = [self.evaluate(arg, frame, line) if arg is not None else None for arg in args]
        return self.given(
            called, values, {word: self.evaluate(value, frame, line) for word, value in keywords}
        )

    def given(self, called: Function, values: list[Value], keywords: dict[str, Value]) -> Function:
        """A function with what is known of its arguments."""
        summary = self.project.known(called.path).functions[called.index]
        parameters = summary.parameters
        if (
            summary.owner >= 0
            and summary.parent < 0
            and not summary.flags & (STATIC | PROPERTY)
            and (called.receiver is not None or summary.flags & CLASS_METHOD)
        ):
            parameters = parameters[1:]
        given: list[tuple[str, Value]] = list(called.given)
        taken = {name for name, _ in given}
        for position, (name, annotation, _) in enumerate(parameters):
            if name.startswith("*") or name in taken:
                continue
            value = values[position] if position < len(values) else keywords.get(name)
            if _is_telling(value) and (annotation is None or isinstance(value, Function | Partial)):
                given.append((name, value))
        if not given:
            return called
        made = Function(called.path, called.index, called.receiver, tuple(given), called.outer)
        seen = self.contexts.setdefault((called.path, called.index), set())
        if made in seen:
            return made
        if len(seen) >= MOST_CONTEXTS or self._nesting(made) > 4:
            return called
        seen.add(made)
        return made


def _is_telling(value: Value) -> bool:
    if isinstance(value, ExternalInstance):
        return not value.name.startswith("builtins.")
    return isinstance(value, Instance | Function | Partial | Class | Awaitable) or (
        isinstance(value, External) and not value.name.startswith("builtins.")
    )


def _last(shape: Expr) -> str:
    while type(shape) is tuple and shape[0] == "(":
        shape = shape[1]
    return shape if type(shape) is str else str(shape[2]) if type(shape) is tuple and shape[0] == "." else ""
