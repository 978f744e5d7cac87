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
