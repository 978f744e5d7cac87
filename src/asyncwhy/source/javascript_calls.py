"""Calls of JavaScript: the one that executes at a place, and those that nothing awaits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.source.interface import Call
from asyncwhy.source.javascript_tree import CALLS, FUNCTIONS, LOOPS, Tree, function_of, line_of, own, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def call_at(tree: Tree, line: int, column: int | None, hint: str | None) -> Call | None:
    """The call that V8 places there: at the name of what is called, or at `new`."""
    here = [
        one for one in walk(tree.root) if one.type in CALLS and line_of(one) <= line <= one.end_point[0] + 1
    ]
    exact = [one for one in here if column and _place(tree, one) == (line, column)]
    starting = [one for one in here if _place(tree, one)[0] == line]
    named = [one for one in starting if hint and tree.dotted(tree.callee(one)).rpartition(".")[2] == hint]
    covering = [one for one in here if column and _covers(tree, one, line, column)]
    found = (
        exact
        or (named if len(named) == 1 else [])
        or sorted(covering, key=_length)[:1]
        or _outermost(starting)
    )
    return describe(tree, found[0]) if found else None


def _place(tree: Tree, call: Node) -> tuple[int, int]:
    callee = tree.callee(call)
    node = call
    if call.type == "call_expression" and callee is not None:
        named = callee.child_by_field_name("property") if callee.type == "member_expression" else callee
        node = named if named is not None else callee
    extent = tree.extent(node)
    return extent.line, extent.column


def _covers(tree: Tree, call: Node, line: int, column: int) -> bool:
    extent = tree.extent(call)
    return (extent.line, extent.column) <= (line, column) < (extent.end_line, extent.end_column)


def _length(node: Node) -> int:
    return int(node.end_byte - node.start_byte)


def _outermost(nodes: list[Node]) -> list[Node]:
    """The outermost call that begins on a line, if it is one and no function lies between."""
    return sorted(nodes, key=_length)[-1:]


def describe(tree: Tree, call: Node) -> Call:
    """A call in the interface's words."""
    callee = tree.callee(call)
    extent = tree.extent(call)
    name = tree.dotted(callee) or tree.shown(callee)
    line, column = extent.line, extent.column
    end = (
        extent.end_column
        if extent.end_line == extent.line
        else tree.column(line - 1, len(tree.rows[line - 1]))
    )
    return Call(
        file=tree.file,
        text=tree.shown(call),
        name=name,
        qualified=tree.qualified(callee) or name,
        line=line,
        column=column,
        end_column=end,
        extent=extent,
        function=tree.name_of(function_of(call)),
        awaited=call.parent is not None and call.parent.type == "await_expression",
    )


def maker_at(tree: Tree, line: int) -> Call | None:
    """The call that made what a call on that line is made on, or calls itself: `pLimit(2)` for `limit(() => ...)`,
    `new Semaphore(2)` for `this.slots.acquire()`.  Innermost calls first, since a callback stands within its
    `map`; None where the file does not make it, or makes it in several places."""
    made = _made(tree)
    for call in sorted((one for one in walk(tree.root) if one.type in CALLS), key=_length):
        if _place(tree, call)[0] != line:
            continue
        path = tree.dotted(tree.callee(call))
        while path:
            found = made.get(path)
            if found is not None:
                return describe(tree, found)
            path = path.rpartition(".")[0]
    return None


def _made(tree: Tree) -> dict[str, Node | None]:
    """What the file binds once to the result of a call, by path: `limit`, `this.slots`."""
    made: dict[str, Node | None] = {}
    for node in walk(tree.root):
        fields = _BINDS.get(node.type)
        if fields is None:
            continue
        name, value = (node.child_by_field_name(field) for field in fields)
        if value is not None and value.type == "await_expression" and value.named_children:
            value = value.named_children[0]
        path = tree.dotted(name)
        if node.type == "field_definition" and path:
            path = f"this.{path}"
        if path and value is not None and value.type in CALLS and not _requires(tree, value):
            made[path] = None if path in made else value
    return made


#: Nodes that bind a name to a value: the fields of both.
_BINDS = {
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
    "field_definition": ("property", "value"),
    "public_field_definition": ("name", "value"),
}


def _requires(tree: Tree, call: Node) -> bool:
    return tree.text(tree.callee(call)) == "require"


def unawaited(tree: Tree, function: Node, callee: str) -> tuple[Call, ...]:
    """Calls of that name whose promise is dropped: statements of their own, without `await` or `void`."""
    last = callee.rpartition(".")[2]
    return tuple(
        describe(tree, one)
        for one in own(function)
        if one.type == "call_expression"
        and one.parent is not None
        and one.parent.type == "expression_statement"
        and tree.dotted(tree.callee(one)).rpartition(".")[2] == last
    )


def loop_around(tree: Tree, first: int, last: int) -> int | None:
    """The line of the innermost loop that holds both lines, in one function."""
    found = [
        node
        for node in walk(tree.root)
        if node.type in LOOPS and line_of(node) <= first and last <= node.end_point[0] + 1
    ]
    found = [
        loop for loop in found if not any(_inside(one, first) for one in walk(loop) if one.type in FUNCTIONS)
    ]
    return max(map(line_of, found), default=None)


def _inside(function: Node, line: int) -> bool:
    return line_of(function) <= line <= function.end_point[0] + 1
