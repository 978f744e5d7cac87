"""Which call executes at a place, and which calls nothing ever awaits.

A call's end tells it from every other, as no two calls share a closing parenthesis.  Its start does not
(`a().b()`), and in CPython 3.11 and later a method call that runs over several lines is said to start
at the method's name (`update_start_location_to_match_attr` in CPython's compiler).
"""

from __future__ import annotations

import ast

from asyncwhy.source.interface import Call
from asyncwhy.source.python_module import FunctionNode, Module, dotted, end_of, own_nodes, shorten
from asyncwhy.source.python_names import Names

_KINDS: dict[type[ast.expr], str] = {
    ast.Attribute: "attribute",
    ast.Subscript: "subscript",
    ast.Await: "await",
    ast.BinOp: "operator",
    ast.UnaryOp: "operator",
    ast.Compare: "operator",
}
_LOOKS_ONLY = frozenset({"print", "repr", "str", "type", "bool", "isinstance", "len", "id", "callable"})


class Calls:
    """The calls of one module."""

    def __init__(self, module: Module, names: Names) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names

    def describe(self, node: ast.expr) -> Call:
        """The call (or other expression) as others see it."""
        module = self.module
        target = node.func if isinstance(node, ast.Call) else node
        name = dotted(target) or shorten(module.segment(target))
        extent = module.extent(node)
        line = module.lines[extent.line - 1] if extent.line <= len(module.lines) else ""
        outer = module.function_of(node)
        return Call(
            file=module.file,
            text=shorten(module.segment(node)),
            name=name,
            qualified=self.names.qualified(target) or name,
            line=extent.line,
            column=extent.column,
            end_column=extent.end_column if extent.end_line == extent.line else len(line.rstrip()) + 1,
            extent=extent,
            function="<module>" if outer is None else module.qualname(outer),
            awaited=isinstance(module.parents.get(node), ast.Await),
            kind=_KINDS.get(type(node), "call" if isinstance(node, ast.Call) else "expression"),
        )

    def at(
        self,
        line: int,
        column: int | None,
        end_line: int | None,
        end_column: int | None,
        hint: str | None,
    ) -> ast.expr | None:
        """The expression that executes there; see `interface.Source.call_at`."""
        found = None
        if column is not None and end_column is not None:
            found = self._by_extent(line, column, end_line or line, end_column)
        if found is None and column is not None:
            found = self._by_start(line, column, hint)
        return found if found is not None else self._by_line(line, hint)

    def _by_extent(self, line: int, column: int, end_line: int, end_column: int) -> ast.expr | None:
        for in_bytes in (True, False):
            for node in self.module.expressions.get(line, []):
                if self._start(node, in_bytes) == (line, column) and self._end(node, in_bytes) == (
                    end_line,
                    end_column,
                ):
                    return None if isinstance(node, ast.Name | ast.Constant) else _awaited(node)
            for call in self.module.calls:
                if self._end(call, in_bytes) == (end_line, end_column) and call.lineno <= line:
                    return call
        return None

    def _by_start(self, line: int, column: int, hint: str | None) -> ast.expr | None:
        place = (line, column)
        calls = self.module.calls
        for in_bytes in (True, False):
            starting = [
                c for c in calls if place in (self._start(c, in_bytes), self._method_start(c, in_bytes))
            ]
            if starting:
                return next((call for call in starting if self.matches(call, hint)), starting[0])
        for in_bytes in (True, False):
            around = [c for c in calls if self._start(c, in_bytes) <= place < self._end(c, in_bytes)]
            if around:
                return next((call for call in reversed(around) if self.matches(call, hint)), around[-1])
        return None

    def _by_line(self, line: int, hint: str | None) -> ast.expr | None:
        here = [call for call in self.module.calls if line in (call.lineno, _method_line(call))]
        if not here:
            here = [call for call in self.module.calls if call.lineno < line <= end_of(call)[0]]
            here = [call for call in here if self._same_function(call, line)]
            here.reverse()  # innermost first
        if len(here) > 1 and hint is not None:
            return next((call for call in here if self.matches(call, hint)), here[0])
        return here[0] if here else None

    def _same_function(self, call: ast.Call, line: int) -> bool:
        """Whether no function or lambda inside the call's text holds the line instead."""
        inner = (node for node in ast.walk(call) if isinstance(node, ast.Lambda))
        return not any(node.body.lineno <= line <= end_of(node.body)[0] for node in inner)

    def matches(self, call: ast.Call, hint: str | None) -> bool:
        """Whether the call may be one of a callable with this (qualified) name."""
        if not hint:
            return False
        wanted = hint
        for special in (".__init__", ".__call__", ".__enter__", ".__exit__"):
            wanted = wanted.removesuffix(special)
        written = dotted(call.func) or ""
        if isinstance(call.func, ast.Attribute):
            written = written or call.func.attr
        qualified = self.names.qualified(call.func) or written
        if wanted in (qualified, written):
            return True
        last = wanted.rpartition(".")[2]
        return last in (qualified.rpartition(".")[2], written.rpartition(".")[2])

    def _start(self, node: ast.expr, in_bytes: bool) -> tuple[int, int]:
        if in_bytes:
            return node.lineno, node.col_offset + 1
        return node.lineno, self.module.character(node.lineno, node.col_offset)

    def _end(self, node: ast.expr, in_bytes: bool) -> tuple[int, int]:
        line, offset = end_of(node)
        return line, offset + 1 if in_bytes else self.module.character(line, offset)

    def _method_start(self, call: ast.Call, in_bytes: bool) -> tuple[int, int] | None:
        if not isinstance(call.func, ast.Attribute):
            return None
        line, offset = end_of(call.func)
        offset -= len(call.func.attr.encode())
        return line, offset + 1 if in_bytes else self.module.character(line, offset)

    def unawaited(self, function: FunctionNode, callee: str) -> list[ast.Call]:
        """Calls of `callee` in the function whose value is dropped, or kept and never awaited."""
        own = own_nodes(function)
        calls = [node for node in own if isinstance(node, ast.Call) and self.matches(node, callee)]
        return [call for call in calls if self._is_lost(call, own)]

    def _is_lost(self, call: ast.expr, own: list[ast.AST]) -> bool:
        parent = self.module.parents.get(call)
        match parent:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return self._name_is_lost(name, call, own)
            case ast.NamedExpr(target=ast.Name(id=name)):
                return self._is_lost(parent, own) and self._name_is_lost(name, call, own)
        return self._only_looked_at(call)

    def _name_is_lost(self, name: str, call: ast.expr, own: list[ast.AST]) -> bool:
        if any(isinstance(node, ast.Global | ast.Nonlocal) and name in node.names for node in own):
            return False
        function = self.module.function_of(call)
        reads = [
            node
            for node in ast.walk(function or self.module.tree)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        return all(self._only_looked_at(node) for node in reads)

    def _only_looked_at(self, node: ast.expr) -> bool:
        """Whether the value goes no further than here: a coroutine so used can never be awaited."""
        match self.module.parents.get(node):
            case ast.Expr() | ast.FormattedValue() | ast.Compare() | ast.UnaryOp() | ast.BinOp():
                return True
            case ast.If(test=used) | ast.While(test=used) | ast.Assert(test=used) | ast.IfExp(test=used):
                return used is node
            case ast.Attribute(value=used, attr=attribute):
                return used is node and attribute not in ("send", "throw", "close", "__await__")
            case ast.Subscript(value=used):
                return used is node
            case ast.For(iter=used) | ast.comprehension(iter=used):
                return used is node
            case ast.Call(func=ast.Name(id=name)):
                return name in _LOOKS_ONLY
        return False


def _awaited(node: ast.expr) -> ast.expr:
    """What an await expression waits for, where that is a call."""
    return node.value if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) else node


def _method_line(call: ast.Call) -> int:
    return end_of(call.func)[0] if isinstance(call.func, ast.Attribute) else call.lineno
