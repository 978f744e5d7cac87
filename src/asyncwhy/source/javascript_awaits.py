"""The awaits of JavaScript functions, as the interface tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.source.interface import Await, AwaitKind, Guard, Loop
from asyncwhy.source.javascript_paths import bound_by, reads
from asyncwhy.source.javascript_tree import (
    CALLS,
    LOOPS,
    Tree,
    ancestors,
    function_of,
    is_for_await,
    line_of,
    own,
    walk,
)

if TYPE_CHECKING:
    from tree_sitter import Node

#: What is told as the call of an await that only passes time.
SLEEP = "setTimeout"
_SLEEPS = frozenset({"timers/promises.setTimeout", "timers/promises.scheduler.wait"})


def awaits_of(function: Node) -> list[Node]:
    """A function's own awaits and `for await` headers, in source order."""
    return [one for one in own(function) if one.type == "await_expression" or is_for_await(one)]


def operand(node: Node) -> Node | None:
    """What is waited for."""
    if node.type == "for_in_statement":
        return node.child_by_field_name("right")
    return next((one for one in node.named_children if one.type != "comment"), None)


def callee_of(tree: Tree, node: Node) -> str:
    """The qualified name of what makes the awaited thing; `SLEEP` where that only passes time."""
    waited = operand(node)
    while waited is not None and waited.type in (
        "parenthesized_expression",
        "as_expression",
        "non_null_expression",
    ):
        waited = waited.named_children[0] if waited.named_children else None
    if waited is None:
        return ""
    if waited.type not in CALLS:
        return tree.shown(waited)
    name = tree.qualified(tree.callee(waited))
    if name in _SLEEPS or (name == "Promise" and _only_sleeps(tree, waited)):
        return SLEEP
    return name or tree.shown(tree.callee(waited))


def _only_sleeps(tree: Tree, promise: Node) -> bool:
    """Whether it is `new Promise(resolve => setTimeout(resolve, ms))`."""
    called = [tree.text(tree.callee(one)) for one in walk(promise) if one.type == "call_expression"]
    return called == ["setTimeout"]


def describe(tree: Tree, node: Node) -> Await:
    """An await in the interface's words."""
    header = node.type == "for_in_statement"
    shown = operand(node) if header else node
    assert shown is not None
    extent = tree.extent(shown)
    return Await(
        file=tree.file,
        function=tree.name_of(function_of(node)),
        kind=AwaitKind.ASYNC_FOR if header else AwaitKind.AWAIT,
        line=extent.line,
        column=extent.column,
        end_column=extent.end_column
        if extent.end_line == extent.line
        else len(tree.rows[extent.line - 1]) + 1,
        extent=extent,
        text=tree.shown(shown),
        call=callee_of(tree, node),
        assigns=tuple(sorted(assigned(tree, node))),
        reads=tuple(sorted(reads(tree, operand(node)))),
        loop=_loop(tree, node),
        guards=tuple(_guards(tree, node)),
        in_comprehension=False,
    )


def assigned(tree: Tree, node: Node) -> set[str]:
    """The paths that get the await's value, or something that was made with it."""
    if node.type == "for_in_statement":
        return bound_by(tree, node.child_by_field_name("left"))
    found: set[str] = set()
    for outer in ancestors(node):
        if outer.type == "variable_declarator":
            return found | bound_by(tree, outer.child_by_field_name("name"))
        if outer.type in ("assignment_expression", "augmented_assignment_expression"):
            found |= bound_by(tree, outer.child_by_field_name("left"))
        if outer.type == "call_expression":
            callee = outer.child_by_field_name("function")
            if callee is not None and callee.type == "member_expression":
                found |= {tree.dotted(callee.child_by_field_name("object"))} - {""}
        if outer.type.endswith(("_statement", "_declaration")):
            break
    return found


def loop_around(node: Node) -> Node | None:
    """The innermost loop whose every turn passes through the node."""
    inner = node
    for outer in ancestors(node):
        if outer.type in LOOPS and inner not in (
            outer.child_by_field_name("right"),
            outer.child_by_field_name("initializer"),
        ):
            return outer
        inner = outer
    return None


def _loop(tree: Tree, node: Node) -> Loop | None:
    loop = loop_around(node)
    if loop is None:
        return None
    kind = "while"
    iterable = loop.child_by_field_name("condition")
    targets: set[str] = set()
    if loop.type == "for_in_statement":
        kind = "async-for" if is_for_await(loop) else "for"
        iterable = loop.child_by_field_name("right")
        targets = bound_by(tree, loop.child_by_field_name("left"))
    elif loop.type == "for_statement":
        kind = "for"
        targets = counters(tree, loop)
    return Loop(kind, line_of(loop), loop.end_point[0] + 1, tree.shown(iterable), tuple(sorted(targets)))


def counters(tree: Tree, loop: Node) -> set[str]:
    """The names that a `for (;;)` declares in its head."""
    head = loop.child_by_field_name("initializer")
    return (
        set().union(
            *(
                bound_by(tree, one.child_by_field_name("name"))
                for one in walk(head)
                if one.type == "variable_declarator"
            )
        )
        if head is not None
        else set()
    )


_GUARDS = {
    "catch_clause": "except",
    "finally_clause": "finally",
    "else_clause": "else",
    "switch_case": "match",
}


def _guards(tree: Tree, node: Node) -> list[Guard]:
    found: list[Guard] = []
    inner = node
    for outer in ancestors(node):
        kind = _GUARDS.get(outer.type)
        if outer.type == "if_statement" and inner == outer.child_by_field_name("consequence"):
            kind = "if"
        if outer.type == "try_statement" and inner == outer.child_by_field_name("body"):
            kind = "try"
        if kind is not None:
            condition = outer.child_by_field_name("condition") or outer.child_by_field_name("value")
            found.append(Guard(kind, line_of(outer), tree.shown(condition)))
        inner = outer
    return found[::-1]
