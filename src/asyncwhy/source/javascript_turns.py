"""Could the turns of a loop overlap?  Each check gives a reason why not, in words, or None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.source.interface import Confidence, Independence
from asyncwhy.source.javascript_awaits import assigned, callee_of, counters, loop_around, operand
from asyncwhy.source.javascript_dataflow import EXITS, FREE, GROUPS, Dataflow
from asyncwhy.source.javascript_paths import bound_by, changes, declared, reads, touches
from asyncwhy.source.javascript_state import serial, starts_before
from asyncwhy.source.javascript_tree import LOOPS, STATEMENTS, ancestors, line_of, own

if TYPE_CHECKING:
    from tree_sitter import Node


class Turns:
    """The checks for the innermost loop around some awaits."""

    def __init__(self, flow: Dataflow, nodes: list[Node]) -> None:
        """`flow` lends what it knows of the file."""
        self.flow, self.tree = flow, flow.tree
        self.loop = loop_around(nodes[0])
        if self.loop is None and nodes[0].type == "for_in_statement":
            self.loop = nodes[0]
        self.nodes = [
            node for node in nodes if self.loop is not None and self.loop in ancestors(node)
        ] or nodes

    def independent(self) -> Independence:
        """Whether the turns could overlap."""
        reason = self._dependence()
        if reason is not None:
            return Independence(False, reason, Confidence.HIGH)
        return Independence(True, FREE, self.flow.least(self.nodes))

    def _dependence(self) -> str | None:
        loop = self.loop
        if loop is None:
            return f"line {line_of(self.nodes[0])} stands in no loop"
        if loop.type in ("while_statement", "do_statement"):
            return f"the `while` on line {line_of(loop)} decides after every turn whether to go on"
        self.body = loop.child_by_field_name("body") or loop
        if loop.type == "for_in_statement":
            self.targets = bound_by(self.tree, loop.child_by_field_name("left"))
            self.over = reads(self.tree, loop.child_by_field_name("right"))
        else:
            self.targets = counters(self.tree, loop)
            self.over = reads(self.tree, loop.child_by_field_name("condition"))
        self.inner = self.targets | declared(self.tree, self.body)
        return (
            self._started(loop)
            or self._paced(loop)
            or self._finishes(loop)
            or self._carried()
            or self._shared()
        )

    def _started(self, loop: Node) -> str | None:
        for node in self.nodes:
            waited = operand(node)
            if waited is not None and waited.type == "identifier" and self.tree.text(waited) in self.targets:
                return f"`{self.tree.text(waited)}` was started before the loop: they overlap already"
            if (reason := starts_before(self.tree, node, line_of(loop))) is not None:
                return reason
        return None

    def _paced(self, loop: Node) -> str | None:
        for node in own(loop):
            if node.type == "yield_expression":
                return f"line {line_of(node)} hands each value to its consumer before the next turn (`yield`)"
            if node.type == "await_expression" and self.flow.is_sleep(node):
                return f"the sleep on line {line_of(node)} paces the loop"
            if (
                node.type == "await_expression"
                and node in self.nodes
                and callee_of(self.tree, node) in GROUPS
            ):
                return f"each turn is a batch that overlaps already (line {line_of(node)})"
        return None

    def _finishes(self, loop: Node) -> str | None:
        """A `break` or `return` that hangs on what a turn awaited, or stands alone."""
        tainted = self._tainted(own_only=False)
        for node in own(self.body):
            if node.type not in ("break_statement", "return_statement") or not self._leaves(node, loop):
                continue
            around = [one for one in ancestors(node) if self.body in ancestors(one) or one == self.body]
            conditions = [
                one.child_by_field_name("condition") for one in around if one.type == "if_statement"
            ]
            read: set[str] = set().union(*(reads(self.tree, one) for one in conditions))
            if not conditions or touches(read, tainted) or any(one.type == "catch_clause" for one in around):
                return f"line {line_of(node)} ends the loop as soon as one turn is enough"
            if touches(reads(self.tree, node), tainted):
                return f"line {line_of(node)} ends the loop by what a turn awaited"
        return None

    def _leaves(self, node: Node, loop: Node) -> bool:
        if node.type == "return_statement":
            return True
        return (
            next(
                (one for one in ancestors(node) if one.type in LOOPS or one.type == "switch_statement"), None
            )
            == loop
        )

    def _tainted(self, *, own_only: bool) -> set[str]:
        """What hangs on a turn's awaits; with `own_only` what lives beyond the turn."""
        tainted: set[str] = set().union(*(assigned(self.tree, node) for node in self.nodes))
        units = [one for one in own(self.body) if one.type in STATEMENTS and one.type not in EXITS]
        for _ in range(2):
            for unit in units:
                if touches(reads(self.tree, unit), tainted):
                    tainted |= changes(self.tree, unit)
        return {one for one in tainted if not own_only or one.partition(".")[0] not in self.inner}

    def _carried(self) -> str | None:
        tainted = self._tainted(own_only=True)
        if (path := touches(self.over, tainted)) is not None:
            return f"the loop runs over `{path}`, which it changes by what a turn awaited"
        for node in self.nodes:
            if (path := touches(self.flow.state.reads_of(operand(node)), tainted)) is not None:
                return f"operand reads `{path}`, which the turn before awaited"
            for outer in ancestors(node):
                if outer == self.body:
                    break
                if outer.type == "if_statement":
                    if (
                        path := touches(reads(self.tree, outer.child_by_field_name("condition")), tainted)
                    ) is not None:
                        return f"whether line {line_of(node)} runs is decided by `{path}` of the turn before"
        return None

    def _shared(self) -> str | None:
        for node in self.nodes:
            for path in sorted(serial(self.tree, operand(node))):
                if path.partition(".")[0] not in self.inner:
                    return f"every turn uses `{path}`"
            if (shared := self.flow.state.meet(operand(node), operand(node))) is not None:
                return f"what line {line_of(node)} calls shares `{shared}`"
        return None
