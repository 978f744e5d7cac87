"""Sleeps that keep a rate: who holds a lock while it passes the time makes the others wait on purpose."""

from __future__ import annotations

import ast

from asyncwhy.source.python_loops import waited_for, within_function
from asyncwhy.source.python_module import FunctionNode, Module, dotted, own_nodes
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths, read_paths
from asyncwhy.source.python_resources import Resources, is_sleep, tokens

#: Words in the names of calls that look at a clock.
_CLOCKS = frozenset("monotonic time now utcnow clock counter".split())


def paces(module: Module, names: Names, line: int) -> bool:
    """Whether the await on a line is a sleep that keeps a rate, and no work: for a time worked out from a clock or
    from a rate, or because of what those before have used up, whatever is asked now."""
    resources = Resources(module, names)
    for node in module.nodes:
        if isinstance(node, ast.Await) and node.lineno <= line <= (node.end_lineno or node.lineno):
            if is_sleep(resources.callee(waited_for(node))):
                return _Pace(module, node).kept()
    return False


class _Pace:
    def __init__(self, module: Module, node: ast.Await) -> None:
        self.module, self.node = module, node
        self.function = module.function_of(node)

    def kept(self) -> bool:
        waited = waited_for(self.node)
        assert isinstance(waited, ast.Call)
        length = waited.args[0] if waited.args else None
        if length is not None and (self._by_clock(length) or _is_rate(length) or self._made_of_rate(length)):
            return True
        return any(
            (isinstance(outer, ast.If | ast.While) and self._used_up(outer.test))
            or (isinstance(outer, ast.If) and self._by_clock(outer.test))
            for outer in within_function(self.module, self.node)
        )

    def _made_of_rate(self, length: ast.expr) -> bool:
        """Whether it is the name of something that the file works out from a rate: `self.gap = 1 / per_second`."""
        path = dotted(length)
        return path is not None and any(
            dotted(target) == path and _is_rate(value)
            for node in self.module.nodes
            if isinstance(node, ast.Assign)
            for target, value in _pairs(node)
        )

    def _used_up(self, test: ast.expr) -> bool:
        """Whether the test compares numbers that are the program's own, and nothing that was asked."""
        compares = isinstance(test, ast.Compare) and isinstance(
            test.ops[0], ast.Eq | ast.Lt | ast.LtE | ast.Gt | ast.GtE
        )
        return compares and not self._asked(test)

    def _asked(self, test: ast.expr) -> bool:
        """Whether it depends on what the function was given to do."""
        if not isinstance(self.function, FunctionNode):
            return True
        given = [*self.function.args.posonlyargs, *self.function.args.args]
        own = isinstance(self.module.parents.get(self.function), ast.ClassDef)
        asked = {one.arg for one in given[own:] + self.function.args.kwonlyargs}
        return any(path.partition(".")[0] in asked for path in read_paths(test))

    def _by_clock(self, length: ast.expr) -> bool:
        """Whether it is worked out from a clock, in this expression or in an assignment to what it reads."""
        if looks_at_clock(length):
            return True
        reads = read_paths(length)
        return self.function is not None and any(
            isinstance(one, ast.Assign)
            and looks_at_clock(one.value)
            and any(bound_paths(target) & reads for target in one.targets)
            for one in own_nodes(self.function)
        )


def looks_at_clock(node: ast.AST) -> bool:
    """Whether something in the node is a call that tells the time."""
    calls = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    called = [func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls]
    return any(_CLOCKS.intersection(tokens(name.removesuffix("_ns"))[-1:]) for name in called)


def _pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """Each target with its value, those of `a, b = 1, 2` apart."""
    made: list[tuple[ast.expr, ast.expr]] = []
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            made += zip(target.elts, node.value.elts, strict=False)
        else:
            made.append((target, node.value))
    return made


def _is_rate(length: ast.expr) -> bool:
    """`1 / rate`, `period / count`."""
    return (
        isinstance(length, ast.BinOp)
        and isinstance(length.op, ast.Div)
        and not isinstance(length.right, ast.Constant)
    )
