"""Could awaits of JavaScript overlap?  Each check gives a reason why not, in words, or None.

As cautious as Python's (`python_dataflow.py`), and by the same names: what cannot be told apart is dependent.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

from asyncwhy.source.interface import Confidence, Independence
from asyncwhy.source.javascript_awaits import SLEEP, assigned, callee_of, operand
from asyncwhy.source.javascript_paths import changes, reads, touches
from asyncwhy.source.javascript_state import State, serial, starts_before
from asyncwhy.source.javascript_tree import STATEMENTS, Tree, ancestors, function_of, line_of, own
from asyncwhy.source.python_resources import comes_first, comes_last, is_sleep, only_fetches

if TYPE_CHECKING:
    from tree_sitter import Node

FREE = "no data dependency found"
EXITS = frozenset({"return_statement", "throw_statement", "break_statement", "continue_statement"})
_DECIDES = frozenset(
    {"if_statement", "ternary_expression", "switch_statement", "while_statement", "for_statement"}
)
#: Calls that wait for several things at once.
GROUPS = frozenset({"Promise.all", "Promise.allSettled", "Promise.race", "Promise.any"})


class Dataflow:
    """What depends on what among the awaits of one file."""

    def __init__(self, tree: Tree) -> None:
        """Nothing is worked out before it is asked for."""
        self.tree = tree
        self.state = State(tree)

    def independent(self, nodes: list[Node]) -> Independence:
        """Whether awaits of one function that follow each other could overlap."""
        ordered = sorted(nodes, key=lambda node: node.start_byte)
        if len({function_of(node) for node in ordered}) > 1:
            return Independence(False, "they stand in different functions", Confidence.HIGH)
        for first, second in combinations(ordered, 2):
            if (reason := self._dependence(first, second)) is not None:
                return Independence(False, reason, Confidence.HIGH)
        return Independence(True, FREE, self.least(ordered))

    def least(self, nodes: list[Node]) -> Confidence:
        """The least of the awaits' confidences."""
        return min(map(self.confidence, nodes), key=list(Confidence)[::-1].index)

    def confidence(self, node: Node) -> Confidence:
        """High where the result is used and the name is that of a reader; low for effects."""
        callee = callee_of(self.tree, node)
        dropped = self.dropped(node)
        if callee in GROUPS or not only_fetches(callee) or (dropped and comes_first(callee)):
            return Confidence.LOW
        return Confidence.MEDIUM if dropped or self.is_sleep(node) else Confidence.HIGH

    def dropped(self, node: Node) -> bool:
        """Whether nothing takes the await's value."""
        return node.parent is not None and node.parent.type == "expression_statement"

    def is_sleep(self, node: Node) -> bool:
        """Whether the await only passes time."""
        callee = callee_of(self.tree, node)
        return callee == SLEEP or is_sleep(callee)

    def _dependence(self, first: Node, second: Node) -> str | None:
        checks: tuple[Callable[[Node, Node], str | None], ...] = (
            self._nested, self._branches, self._started, self._data, self._resource, self._sleeps, self._effects,
            self._shared,
        )  # fmt: skip
        return next((reason for check in checks if (reason := check(first, second))), None)

    def _nested(self, first: Node, second: Node) -> str | None:
        if first in ancestors(second) or second in ancestors(first):
            return f"line {line_of(first)} and line {line_of(second)} are one inside the other"
        for outer in ancestors(second):
            if outer in ancestors(first) and (
                outer.type == "ternary_expression"
                or (
                    outer.type == "binary_expression"
                    and self.tree.text(outer.child_by_field_name("operator")) in ("&&", "||", "??")
                )
            ):
                return f"whether line {line_of(second)} awaits is decided by line {line_of(first)}"
        return None

    def _branches(self, first: Node, second: Node) -> str | None:
        line = line_of(second)
        for outer in ancestors(second):
            if outer in ancestors(first) and outer.type in ("if_statement", "switch_body", "try_statement"):
                one, other = _part(outer, first), _part(outer, second)
                if one != other and one != outer.child_by_field_name("condition"):
                    return f"lines {line_of(first)} and {line} stand in different branches"
        for outer in ancestors(first):
            handler = outer.child_by_field_name("handler") if outer.type == "try_statement" else None
            if handler is not None and outer not in ancestors(second):
                if any(one.type in EXITS and one.type != "throw_statement" for one in own(handler)):
                    return f"line {line} does not run if line {line_of(first)} fails"
        return None

    def _started(self, _: Node, second: Node) -> str | None:
        return starts_before(self.tree, second, line_of(_))

    def _data(self, first: Node, second: Node) -> str | None:
        tainted = assigned(self.tree, first)
        for unit in self._between(first, second):
            if unit.type in EXITS:
                if touches(self._conditions(unit, second), tainted) or not self._conditions(unit, second):
                    return f"whether line {line_of(second)} runs is decided by line {line_of(first)}"
            elif touches(reads(self.tree, unit), tainted):
                tainted |= changes(self.tree, unit)
        if (path := touches(self._conditions(second, first), tainted)) is not None:
            return f"whether line {line_of(second)} runs is decided by `{path}`, which line {line_of(first)} awaited"
        path = touches(self.state.reads_of(operand(second)), tainted)
        return None if path is None else f"operand reads `{path}`, which line {line_of(first)} awaited"

    def _between(self, first: Node, second: Node) -> list[Node]:
        """The statements from the first await on up to the second's."""
        return [
            one
            for one in own(function_of(first))
            if one.type in STATEMENTS and first.end_byte <= one.end_byte and one.end_byte < second.start_byte
        ]

    def _conditions(self, node: Node, other: Node) -> set[str]:
        """What decides whether a node runs and does not decide it for the other one."""
        around = ancestors(other)
        found: set[str] = set()
        for outer in ancestors(node):
            if outer in around:
                break
            if outer.type in _DECIDES:
                found |= reads(self.tree, outer.child_by_field_name("condition"))
                found |= reads(self.tree, outer.child_by_field_name("value"))
        return found

    def _resource(self, first: Node, second: Node) -> str | None:
        shared = sorted(serial(self.tree, operand(first)) & serial(self.tree, operand(second)))
        return f"lines {line_of(first)} and {line_of(second)} both use `{shared[0]}`" if shared else None

    def _sleeps(self, first: Node, second: Node) -> str | None:
        for node in own(function_of(first)):
            if node.type == "await_expression" and self.is_sleep(node):
                if first.start_byte <= node.start_byte <= second.start_byte:
                    return f"the sleep on line {line_of(node)} keeps them apart"
        return None

    def _effects(self, first: Node, second: Node) -> str | None:
        one, other = callee_of(self.tree, first), callee_of(self.tree, second)
        if comes_last(other):
            return f"line {line_of(second)} (`{other}`) may have to come last"
        if not self.dropped(first):
            return None
        if one in GROUPS:
            return f"line {line_of(first)} waits for all of its group before the next begins"
        if comes_last(one) or (comes_first(one) and one != other):
            return f"line {line_of(first)} (`{one}`) may have to come first"
        return None

    def _shared(self, first: Node, second: Node) -> str | None:
        path = self.state.meet(operand(first), operand(second))
        if path is None:
            return None
        return f"what lines {line_of(first)} and {line_of(second)} call shares `{path}`"


def _part(outer: Node, node: Node) -> Node:
    """The child of a statement in which a node stands."""
    inner = node
    while inner.parent is not None and inner.parent != outer:
        inner = inner.parent
    return inner
