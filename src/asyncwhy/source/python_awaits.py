"""The awaits of a function: what each one waits for, binds and reads, and what stands around it."""

from __future__ import annotations

import ast

from asyncwhy.source.interface import Await, AwaitKind, Guard, Loop
from asyncwhy.source.python_drains import drain_of
from asyncwhy.source.python_loops import (
    COMPREHENSIONS,
    AwaitNode,
    bound_by,
    enclosing_loop,
    waited_for,
    within_function,
)
from asyncwhy.source.python_module import FunctionNode, Module, dotted, end_of, own_nodes, shorten
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths, read_paths
from asyncwhy.source.python_takes import Takes


class Awaits:
    """The awaits of one module."""

    def __init__(self, module: Module, names: Names) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names
        self.takes = Takes(module, names)
        self._nodes: dict[Await, ast.AST] = {}

    def of(self, function: FunctionNode) -> tuple[Await, ...]:
        """The function's own awaits in source order."""
        found = []
        for node in own_nodes(function):
            suspends = isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)
            if suspends or (isinstance(node, ast.comprehension) and node.is_async):
                one = self._describe(function, node)  # type: ignore[arg-type]
                self._nodes[one] = node
                found.append(one)
        return tuple(sorted(found, key=lambda one: (one.line, one.column)))

    def node(self, one: Await) -> ast.AST:
        """The tree's node of an await that `of` gave; raises KeyError for any other."""
        if one not in self._nodes:
            for nodes in self.module.functions.get(one.function, []):
                self.of(nodes)
        return self._nodes[one]

    def _describe(self, function: FunctionNode, node: AwaitNode) -> Await:
        shown, kind = _shown(node)
        extent = self.module.extent(shown)
        waited = waited_for(node)
        line = self.module.lines[extent.line - 1]
        callee = self._callee(waited)
        return Await(
            file=self.module.file,
            function=self.module.qualname(function),
            kind=kind,
            line=extent.line,
            column=extent.column,
            end_column=extent.end_column if extent.end_line == extent.line else len(line.rstrip()) + 1,
            extent=extent,
            text=shorten(self.module.segment(shown)),
            call=callee,
            assigns=tuple(sorted(bound_by(self.module, node))),
            reads=tuple(sorted(read_paths(waited))),
            loop=self._loop(node),
            guards=tuple(self._guards(node)),
            in_comprehension=isinstance(node, ast.comprehension)
            or any(isinstance(outer, COMPREHENSIONS) for outer in within_function(self.module, node)),
        )

    def _callee(self, waited: ast.expr) -> str:
        if isinstance(waited, ast.Call):
            written = dotted(waited.func) or shorten(self.module.segment(waited.func))
            return self.names.qualified(waited.func) or written
        return shorten(self.module.segment(waited))

    def _loop(self, node: ast.AST) -> Loop | None:
        loop = enclosing_loop(self.module, node)
        if loop is None:
            return None
        if isinstance(loop, ast.While):
            kind, iterable, targets = "while", loop.test, set[str]()
        else:
            kind = "for" if isinstance(loop, ast.For) else "comprehension"
            kind = "async-for" if isinstance(loop, ast.AsyncFor) else kind
            iterable, targets = loop.iter, bound_paths(loop.target)
        shown = self.module.parents[loop] if isinstance(loop, ast.comprehension) else loop
        take = self.takes.of(loop)
        assert isinstance(shown, ast.expr | ast.stmt)
        return Loop(
            kind,
            shown.lineno,
            end_of(shown)[0],
            shorten(self.module.segment(iterable)),
            tuple(sorted(targets)),
            None if take is None else self.module.extent(take),
            self.takes.brought(loop),
            take is None and drain_of(self.module, loop) is not None,
        )

    def _guards(self, node: ast.AST) -> list[Guard]:
        found: list[Guard] = []
        inner = node
        for outer in within_function(self.module, node):
            if (guard := self._guard(outer, inner)) is not None:
                found.append(guard)
            inner = outer
        return found[::-1]

    def _guard(self, outer: ast.AST, inner: ast.AST) -> Guard | None:
        text = self.module.segment
        match outer:
            case ast.With() | ast.AsyncWith() if any(inner is part for part in outer.body):
                kind = "with" if isinstance(outer, ast.With) else "async-with"
                items = ", ".join(text(item.context_expr) for item in outer.items)
                return Guard(kind, outer.lineno, shorten(items))
            case ast.ExceptHandler():
                return Guard("except", outer.lineno, shorten(text(outer.type)) if outer.type else "")
            case ast.Try() | ast.TryStar():
                if any(inner is part for part in outer.finalbody):
                    return Guard("finally", outer.lineno, "")
                return None if isinstance(inner, ast.ExceptHandler) else Guard("try", outer.lineno, "")
            case ast.If() if inner is not outer.test:
                kind = "else" if any(inner is part for part in outer.orelse) else "if"
                return Guard(kind, outer.lineno, shorten(text(outer.test)))
            case ast.Match():
                return Guard("match", outer.lineno, shorten(text(outer.subject)))
        return None


def _shown(node: AwaitNode) -> tuple[ast.expr, AwaitKind]:
    match node:
        case ast.Await():
            return node, AwaitKind.AWAIT
        case ast.AsyncWith():
            return node.items[0].context_expr, AwaitKind.ASYNC_WITH
        case _:
            return node.iter, AwaitKind.ASYNC_FOR
