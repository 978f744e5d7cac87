"""What calls of a JavaScript file share: outer variables and members that functions of the file change, and
things whose users must take turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.source.javascript_awaits import operand
from asyncwhy.source.javascript_paths import bound_by, calls, changes, declared, reads
from asyncwhy.source.javascript_tree import Tree, function_of, line_of, own
from asyncwhy.source.python_resources import SERIAL, SERIAL_RECEIVERS, tokens

if TYPE_CHECKING:
    from tree_sitter import Node

#: Calls of functions of the file are followed so far.
DEEP = 3
_REMEMBERS = frozenset({"cache", "cached", "caches", "memo", "stats", "metrics"})
_JOINS = frozenset({"Promise.all", "Promise.allSettled", "Promise.any", "Promise.race"})


class State:
    """Which state the functions of one file share."""

    def __init__(self, tree: Tree) -> None:
        """The functions by name; a name that stands for several is not followed."""
        self.tree = tree
        self.by_name: dict[str, Node | None] = {}
        for function in tree.functions:
            name = tree.name_of(function)
            self.by_name[name] = None if name in self.by_name else function
        self._known: dict[Node, tuple[set[str], set[str]]] = {}

    def reads_of(self, node: Node | None) -> set[str]:
        """What an expression reads, the functions that it calls in this file included."""
        return reads(self.tree, node) | self._called(node, DEEP)[0]

    def meet(self, one: Node | None, other: Node | None) -> str | None:
        """A path that what one expression calls changes, and what the other one calls reads or changes too."""
        (reads_one, writes_one), (reads_other, writes_other) = (
            self._called(one, DEEP),
            self._called(other, DEEP),
        )
        for path in sorted((writes_one & reads_other) | (writes_other & reads_one)):
            if not _REMEMBERS.intersection(tokens(path)):
                return path
        return None

    def _called(self, node: Node | None, deep: int) -> tuple[set[str], set[str]]:
        """(outer paths read, outer paths written) by the file's functions that an expression calls."""
        read: set[str] = set()
        written: set[str] = set()
        for call in calls(node) if node is not None and deep else ():
            name = self.tree.dotted(self.tree.callee(call)).rpartition(".")[2]
            function = self.by_name.get(name)
            if function is not None:
                more = self._of(function, deep)
                read |= more[0]
                written |= more[1]
        return read, written

    def _of(self, function: Node, deep: int) -> tuple[set[str], set[str]]:
        known = self._known.get(function)
        if known is None:
            self._known[function] = (set(), set())  # a recursion adds nothing
            body = function.child_by_field_name("body")
            local = declared(self.tree, function)
            read, written = reads(self.tree, body), changes(self.tree, body) if body is not None else set()
            deeper = self._called(body, deep - 1)
            # An increment reads what it writes.
            known = (
                {path for path in read | written if path.partition(".")[0] not in local} | deeper[0],
                {path for path in written if path.partition(".")[0] not in local} | deeper[1],
            )
            self._known[function] = known
        return known


def serial(tree: Tree, node: Node | None) -> set[str]:
    """The paths in an expression whose users must take turns: connections, transactions, pages, streams."""
    found: set[str] = set()
    for path in reads(tree, node):
        parts = path.split(".")
        for index in range(len(parts)):
            words = tokens(parts[index])
            last = words[-1] if words else ""
            receiver = index < len(parts) - 1
            if last in SERIAL or (receiver and last in SERIAL_RECEIVERS):
                found.add(".".join(parts[: index + 1]))
    return found


def starts_before(tree: Tree, node: Node, line: int) -> str | None:
    """The words for it, if what an await waits for was begun before that line: calling begins it in JavaScript."""
    waited = operand(node)
    if waited is None:
        return None
    if waited.type == "call_expression":
        arguments = waited.child_by_field_name("arguments")
        if tree.qualified(tree.callee(waited)) not in _JOINS or arguments is None:
            return None
        operands = arguments.named_children
        if len(operands) == 1 and operands[0].type == "array":
            operands = operands[0].named_children
    else:
        operands = [waited]
    made = [_made(tree, one) for one in operands]
    if not made or any(one is None or one >= line for one in made):
        return None
    return f"`{tree.shown(operands[0])}` was started on line {made[0]} before: they overlap already"


def _made(tree: Tree, node: Node) -> int | None:
    """The line of the declaration of a name in the same function; None for an expression or an unknown name."""
    if node.type != "identifier":
        return None
    name = tree.text(node)
    lines = [
        line_of(one)
        for one in own(function_of(node))
        if one.type == "variable_declarator" and name in bound_by(tree, one.child_by_field_name("name"))
    ]
    return min(lines, default=None)
