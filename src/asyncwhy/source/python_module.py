"""One Python file, parsed: its functions, the nodes around each node, and positions in both directions.

`ast` and `co_positions` count columns in UTF-8 bytes from 0; people count characters from 1.  All
conversion between the two stands here.
"""

from __future__ import annotations

import ast
import warnings
from functools import cached_property

from asyncwhy.source.interface import Extent, Function

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Positioned = ast.expr | ast.stmt
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
#: What runs the lines of a module, as CPython calls it.
MODULE = "<module>"
_SHORT = 60


class Unparsable(Exception):
    """The text is no Python that this interpreter can read; the message says why."""


def parse(text: str) -> ast.Module:
    """The syntax tree.  Raises `Unparsable`, and nothing else, whatever the text is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's invalid escapes are not ours to warn of
            return _awaiting(ast.parse(text.removeprefix("\ufeff")))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unparsable(str(error) or type(error).__name__) from None


def _awaiting(tree: ast.Module) -> ast.Module:
    """A notebook's cell awaits outside functions: its lines are then those of an asynchronous one."""
    if not any(isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) for node in own_nodes(tree)):
        return tree
    given = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    first, last = tree.body[0], tree.body[-1]
    cell = ast.AsyncFunctionDef(
        MODULE, given, tree.body, [], lineno=first.lineno, col_offset=first.col_offset
    )
    cell.end_lineno, cell.end_col_offset = last.end_lineno, last.end_col_offset
    return ast.Module([cell], tree.type_ignores)


class Module:
    """A parsed file.  Everything beyond the tree itself is worked out when first asked for."""

    def __init__(self, file: str, text: str, lines: tuple[str, ...]) -> None:
        """Parse; raises `Unparsable`."""
        self.file = file
        self.text = text
        self.lines = lines
        self.tree = parse(text)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Every node's parent."""
        found: dict[ast.AST, ast.AST] = {}
        pending: list[ast.AST] = [self.tree]
        while pending:
            node = pending.pop()
            for child in ast.iter_child_nodes(node):
                found[child] = node
                pending.append(child)
        return found

    def ancestors(self, node: ast.AST) -> list[ast.AST]:
        """The nodes around `node`, innermost first, up to the module."""
        found: list[ast.AST] = []
        while node in self.parents:
            node = self.parents[node]
            found.append(node)
        return found

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes in the tree's own order (outer before inner)."""
        return [self.tree, *self.parents]

    @cached_property
    def expressions(self) -> dict[int, list[ast.expr]]:
        """Expressions by their first line."""
        found: dict[int, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.expr):
                found.setdefault(node.lineno, []).append(node)
        return found

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Calls in source order."""
        found = [node for node in self.nodes if isinstance(node, ast.Call)]
        return sorted(
            found, key=lambda node: (node.lineno, node.col_offset, -end_of(node)[0], -end_of(node)[1])
        )

    @cached_property
    def functions(self) -> dict[str, list[FunctionNode]]:
        """Functions by qualified name; one name may be defined more than once (branches, overloads)."""
        found: dict[str, list[FunctionNode]] = {}
        for node in self.nodes:
            if isinstance(node, FunctionNode):
                found.setdefault(self.qualname(node), []).append(node)
        return found

    def qualname(self, node: ast.AST) -> str:
        """The name that CPython gives as `__qualname__`."""
        parts: list[str] = [getattr(node, "name", "<lambda>")]
        for outer in self.ancestors(node):
            if isinstance(outer, ast.ClassDef):
                parts.append(outer.name)
            elif isinstance(outer, FunctionNode) and outer.name != MODULE:
                parts += ["<locals>", outer.name]
            elif isinstance(outer, ast.Lambda):
                parts += ["<locals>", "<lambda>"]
        return ".".join(reversed(parts))

    def function_of(self, node: ast.AST) -> FunctionNode | ast.Lambda | None:
        """The innermost function or lambda whose body holds the node."""
        inner = node
        for outer in self.ancestors(node):
            if isinstance(outer, FunctionNode) and any(inner is child for child in outer.body):
                return outer
            if isinstance(outer, ast.Lambda) and inner is outer.body:
                return outer
            inner = outer
        return None

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that the node belongs to, or is."""
        for outer in (node, *self.ancestors(node)):
            if isinstance(outer, ast.stmt):
                return outer
        return None

    def functions_at(self, line: int) -> list[FunctionNode]:
        """The functions whose lines, decorators included, hold the line; innermost first."""
        found = [
            node
            for nodes in self.functions.values()
            for node in nodes
            if first_line(node) <= line <= (node.end_lineno or node.lineno)
        ]
        return sorted(found, key=lambda node: -first_line(node))

    def describe(self, node: FunctionNode) -> Function:
        """The function as others see it."""
        own = own_nodes(node)
        return Function(
            file=self.file,
            name=node.name,
            qualname=self.qualname(node),
            line=node.lineno,
            first_line=first_line(node),
            end_line=node.end_lineno or node.lineno,
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in own),
            decorators=tuple(_dotted_text(decorator) for decorator in node.decorator_list),
            suspends=any(_suspends(inner) for inner in own),
            header=self._header(node),
        )

    def _header(self, node: FunctionNode) -> str:
        """`def f(a, b):` as written; what follows the last parameter up to the colon holds no other."""
        given = node.args
        parts: list[ast.expr | ast.arg | None] = [
            *given.posonlyargs, *given.args, *given.kwonlyargs, *given.defaults, *given.kw_defaults,
            given.vararg, given.kwarg, node.returns,
        ]  # fmt: skip
        ends = [(part.end_lineno or 0, part.end_col_offset or 0) for part in parts if part is not None]
        line, offset = max(ends, default=(node.lineno, node.col_offset))
        column = self.character(line, offset) - 1
        for number in range(line, node.body[0].lineno + 1):
            colon = self.lines[number - 1].find(":", column if number == line else 0)
            if colon >= 0:
                break
        else:
            return shorten(self.lines[node.lineno - 1])
        lines = list(self.lines[node.lineno - 1 : number])
        lines[-1] = lines[-1][: colon + 1]
        lines[0] = lines[0][self.character(node.lineno, node.col_offset) - 1 :]
        return shorten(" ".join(lines))

    def character(self, line: int, offset: int) -> int:
        """The 1-based character column of a 0-based byte offset."""
        if not 1 <= line <= len(self.lines):
            return offset + 1
        text = self.lines[line - 1]
        if text.isascii():
            return min(offset, len(text)) + 1
        return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore")) + 1

    def extent(self, node: Positioned) -> Extent:
        """Where the node stands, in characters from 1."""
        end_line, end_offset = end_of(node)
        return Extent(
            node.lineno,
            self.character(node.lineno, node.col_offset),
            end_line,
            self.character(end_line, end_offset),
        )

    def segment(self, node: Positioned) -> str:
        """The node's text, as written."""
        where = self.extent(node)
        lines = list(self.lines[where.line - 1 : where.end_line])
        if not lines:
            return ""
        lines[-1] = lines[-1][: where.end_column - 1]
        lines[0] = lines[0][where.column - 1 :]
        return "\n".join(lines)

    def node_at(self, extent: Extent) -> ast.expr | None:
        """The expression that stands exactly there (the outermost, should several)."""
        for node in self.expressions.get(extent.line, []):
            if self.extent(node) == extent:
                return node
        return None


def end_of(node: Positioned) -> tuple[int, int]:
    """The node's end as `ast` has it: line from 1, byte offset from 0."""
    line = node.end_lineno if node.end_lineno is not None else node.lineno
    return line, node.end_col_offset if node.end_col_offset is not None else node.col_offset


def first_line(node: FunctionNode) -> int:
    """Where the function begins for CPython (`co_firstlineno`): at its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def own_nodes(node: ast.AST) -> list[ast.AST]:
    """All nodes of the body in source order, those of nested functions, lambdas and classes left out."""
    found: list[ast.AST] = []
    body = getattr(node, "body", [])
    pending: list[ast.AST] = list(reversed(body)) if isinstance(body, list) else [body]
    while pending:
        inner = pending.pop()
        found.append(inner)
        if not isinstance(inner, _SCOPES):
            pending.extend(reversed(list(ast.iter_child_nodes(inner))))
    return found


def shorten(text: str, limit: int = _SHORT) -> str:
    """The text on one line, its middle left out if it is long."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = (limit - 3) * 2 // 3
    return f"{line[:head]}...{line[-(limit - 3 - head) :]}"


def dotted(node: ast.AST) -> str | None:
    """`a.b.c` for names and attributes of names; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def _dotted_text(decorator: ast.expr) -> str:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return dotted(target) or shorten(ast.unparse(target))


def _suspends(node: ast.AST) -> bool:
    if isinstance(node, ast.comprehension):
        return bool(node.is_async)
    return isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)
