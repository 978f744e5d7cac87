"""A parsed JavaScript or TypeScript file: its tree, its functions, and where things stand in it.

tree-sitter parses what no Python library does; it is an optional dependency (`pip install asyncwhy[node]`) and
imported only when a file of these languages is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncwhy.source.interface import Extent, Function

if TYPE_CHECKING:
    from tree_sitter import Language, Node

FUNCTIONS = frozenset(
    "function_declaration function_expression arrow_function method_definition generator_function "
    "generator_function_declaration".split()
)
LOOPS = frozenset({"for_in_statement", "for_statement", "while_statement", "do_statement"})
CALLS = frozenset({"call_expression", "new_expression"})
STATEMENTS = frozenset(
    "expression_statement lexical_declaration variable_declaration return_statement throw_statement "
    "break_statement continue_statement".split()
)
#: How long a text may be that is shown in a sentence.
SHOWN = 60


class Unparsable(Exception):
    """The file cannot be understood; the text says why."""


def language_of(file: str) -> Language:
    """The grammar for a file; `Unparsable` where tree-sitter is not installed."""
    try:
        import tree_sitter_javascript
        import tree_sitter_typescript
        from tree_sitter import Language
    except ImportError:
        raise Unparsable("tree-sitter is not installed: pip install 'asyncwhy[node]'") from None
    if file.endswith((".ts", ".mts", ".cts")):
        return Language(tree_sitter_typescript.language_typescript())
    if file.endswith(".tsx"):
        return Language(tree_sitter_typescript.language_tsx())
    return Language(tree_sitter_javascript.language())


class Tree:
    """The tree of one file, with lines and columns that count from 1 and in characters."""

    def __init__(self, file: str, text: str) -> None:
        """Parse; `Unparsable` where the grammar is missing."""
        language = language_of(file)
        from tree_sitter import Parser

        self.file = file
        self.data = text.encode("utf-8", "replace")
        self.rows = self.data.split(b"\n")
        self.root = Parser(language).parse(self.data).root_node
        self.functions = [node for node in walk(self.root) if node.type in FUNCTIONS]
        self.imports = dict(self._imports())

    # --- where -----------------------------------------------------------------------------------------

    def column(self, row: int, at: int) -> int:
        """The column of a byte of a row."""
        return len(self.rows[row][:at].decode("utf-8", "replace")) + 1

    def extent(self, node: Node) -> Extent:
        """Where a node stands."""
        (row, at), (end_row, end_at) = node.start_point, node.end_point
        return Extent(row + 1, self.column(row, at), end_row + 1, self.column(end_row, end_at))

    def text(self, node: Node | None) -> str:
        """The source of a node."""
        return "" if node is None else self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def shown(self, node: Node | None) -> str:
        """The same on one line, cut to what a sentence can hold."""
        text = " ".join(self.text(node).split())
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"

    # --- functions -------------------------------------------------------------------------------------

    def functions_at(self, line: int) -> list[Node]:
        """The functions around a line, innermost first."""
        found = [node for node in self.functions if line_of(node) <= line <= node.end_point[0] + 1]
        return sorted(found, key=lambda node: node.end_byte - node.start_byte)

    def name_of(self, function: Node) -> str:
        """By which name V8 knows a function: its own, or that of what it was first given to."""
        if function.type == "program":
            return "<module>"
        name = function.child_by_field_name("name")
        parent = function.parent
        if name is None and parent is not None:
            field = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}
            name = parent.child_by_field_name(field.get(parent.type, "name"))
            if parent.type == "field_definition":
                name = parent.child_by_field_name("property")
        text = self.text(name)
        return text.rpartition(".")[2] if text else "<anonymous>"

    def describe(self, function: Node) -> Function:
        """A function in the interface's words."""
        name = self.name_of(function)
        body = function.child_by_field_name("body")
        header = self.data[function.start_byte : body.start_byte if body else function.end_byte].decode()
        return Function(
            file=self.file,
            name=name,
            qualname=name,
            line=line_of(function),
            first_line=line_of(function),
            end_line=function.end_point[0] + 1,
            is_async=is_async(function),
            is_generator="generator" in function.type or any(one.type == "*" for one in function.children),
            decorators=(),
            suspends=any(one.type == "await_expression" or is_for_await(one) for one in own(function)),
            header=" ".join(header.split()),
        )

    # --- names -----------------------------------------------------------------------------------------

    def dotted(self, node: Node | None) -> str:
        """`a.b.c` as written; "" for what is no such path."""
        if node is None:
            return ""
        if node.type in ("identifier", "this", "property_identifier", "private_property_identifier", "super"):
            return self.text(node)
        if node.type == "member_expression":
            owner = self.dotted(node.child_by_field_name("object"))
            last = self.text(node.child_by_field_name("property"))
            return f"{owner}.{last}" if owner else last
        if node.type in ("non_null_expression", "parenthesized_expression", "await_expression"):
            return self.dotted(node.named_children[0]) if node.named_children else ""
        return ""

    def qualified(self, node: Node | None) -> str:
        """The same through the file's imports: `fs.readFileSync`."""
        written = self.dotted(node)
        head, _, rest = written.partition(".")
        known = self.imports.get(head)
        return written if known is None else f"{known}.{rest}" if rest else known

    def callee(self, call: Node) -> Node | None:
        """What a call calls."""
        return call.child_by_field_name("constructor" if call.type == "new_expression" else "function")

    def _imports(self) -> Iterator[tuple[str, str]]:
        for node in walk(self.root):
            if node.type == "import_statement":
                yield from self._imported(node)
            elif node.type == "variable_declarator":
                module = self._required(node.child_by_field_name("value"))
                name = node.child_by_field_name("name")
                if module and name is not None:
                    yield from self._bound(name, module)

    def _required(self, value: Node | None) -> str:
        """The module of `require("fs").promises`."""
        if value is None:
            return ""
        if value.type == "member_expression":
            module = self._required(value.child_by_field_name("object"))
            return f"{module}.{self.text(value.child_by_field_name('property'))}" if module else ""
        if value.type != "call_expression" or self.text(self.callee(value)) != "require":
            return ""
        arguments = value.child_by_field_name("arguments")
        named = arguments.named_children if arguments is not None else []
        return self._module(named[0]) if named and named[0].type == "string" else ""

    def _module(self, string: Node) -> str:
        return self.text(string).strip("'\"`").removeprefix("node:")

    def _bound(self, name: Node, module: str) -> Iterator[tuple[str, str]]:
        if name.type == "identifier":
            yield self.text(name), module
        for part in name.named_children if name.type == "object_pattern" else []:
            if part.type == "shorthand_property_identifier_pattern":
                yield self.text(part), f"{module}.{self.text(part)}"
            elif part.type == "pair_pattern":
                key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
                yield self.text(value), f"{module}.{self.text(key)}"

    def _imported(self, node: Node) -> Iterator[tuple[str, str]]:
        source = node.child_by_field_name("source")
        if source is None:
            return
        module = self._module(source)
        for part in walk(node):
            if part.type == "import_specifier":
                name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
                yield self.text(alias or name), f"{module}.{self.text(name)}"
            elif part.type in ("import_clause", "namespace_import"):
                for child in part.named_children:
                    if child.type == "identifier":
                        yield self.text(child), module


def walk(node: Node) -> Iterator[Node]:
    """A node and all beneath it, in source order."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.children))


def own(function: Node) -> Iterator[Node]:
    """What is beneath a function (or a module) and not in a function of its own."""
    stack = list(reversed(function.children))
    while stack:
        one = stack.pop()
        yield one
        if one.type not in FUNCTIONS:
            stack.extend(reversed(one.children))


def line_of(node: Node) -> int:
    """The line on which a node begins."""
    return int(node.start_point[0]) + 1


def ancestors(node: Node) -> list[Node]:
    """What stands around a node, innermost first, its function included."""
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        if parent.type in FUNCTIONS:
            break
        parent = parent.parent
    return found


def function_of(node: Node) -> Node:
    """The function (or the program) in which a node stands."""
    return ancestors(node)[-1]


def is_async(function: Node) -> bool:
    """Whether it is an async function; a module may await too."""
    return function.type == "program" or any(one.type == "async" for one in function.children)


def is_for_await(node: Node) -> bool:
    """Whether it is a `for await`."""
    return node.type == "for_in_statement" and any(one.type == "await" for one in node.children)
