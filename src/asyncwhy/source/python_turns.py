"""Could the turns of a loop overlap?  Each check gives a reason why not, in words, or None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncwhy.source.python_drains import Drain, drain_of
from asyncwhy.source.python_flow import Taint
from asyncwhy.source.python_loops import LoopNode, bound_by, enclosing_loop, waited_for
from asyncwhy.source.python_module import own_nodes
from asyncwhy.source.python_paths import bound_paths, prefixes, read_paths, touched
from asyncwhy.source.python_resources import answers, is_group, is_of_one, is_sleep
from asyncwhy.source.python_takes import is_duplex
from asyncwhy.source.python_units import Unit

if TYPE_CHECKING:
    from asyncwhy.source.python_dataflow import Dataflow

_FINISHES = (ast.Break, ast.Return)


class Turns:
    """The checks for one loop; with `fed`, of one that was brought its items whatever its turns did."""

    def __init__(self, flow: Dataflow, *, fed: bool = False, batches: bool = False) -> None:
        """`flow` lends what it knows of the module."""
        self.flow = flow
        self.module = flow.module
        self.fed = fed
        self.grouped = fed or batches
        self.takes = flow.takes
        self.drain: Drain | None = None

    def dependence(self, nodes: list[ast.AST]) -> str | None:
        """Why the turns of the innermost loop around the awaits cannot overlap."""
        loop = enclosing_loop(self.module, nodes[0])
        if loop is None:
            return f"line {_line(nodes[0])} stands in no loop"
        take = self.takes.of(loop) if self.fed else None
        self.drain = drain_of(self.module, loop) if take is None else None
        if isinstance(loop, ast.While) and take is None and self.drain is None:
            return f"the `while` on line {loop.lineno} decides after every turn whether to go on"
        inside = [node for node in nodes if loop in self._loops(node)]
        body = [] if isinstance(loop, ast.comprehension) else loop.body
        self.source = self.takes.source(loop)
        units = self.flow.units.of(body, duplex=self.source)
        bound = self._targets(loop).union(*(unit.binds for unit in units), self._comprehension_targets(loop))
        working = self._working(inside)
        return (
            self._started(loop, inside)
            or self._paced(loop, inside)
            or self._finishes(loop, units, inside, take)
            or self._carried(loop, units, inside, take)
            or self._shared(working, bound, loop)
            or self._state(working)
            or (self._meddles(loop, working, take) if self.fed else None)
        )

    def _working(self, nodes: list[ast.AST]) -> list[ast.AST]:
        """The awaits that handle what was brought: not those that only answer, unless there are no others."""
        if not self.fed:
            return nodes
        return [node for node in nodes if not answers(self.flow.resources.callee(waited_for(node)))] or nodes

    def _meddles(self, loop: LoopNode, nodes: list[ast.AST], take: ast.Await | None) -> str | None:
        """What a turn does to what brings the items, or to what its taker works with."""
        if (reason := self.takes.meddling(nodes, self.source, self.flow.state.called)) is not None:
            return reason
        taker = loop if take is None and isinstance(loop, ast.AsyncFor) else take
        if taker is None:
            return None
        own = self.flow.state.seen_from(waited_for(taker))
        for node in nodes:
            state = self.flow.state.seen_from(waited_for(node))
            if (reason := self.flow.meet(own, state, _line(taker), _line(node))) is not None:
                return reason
        return None

    def _targets(self, loop: LoopNode) -> set[str]:
        if isinstance(loop, ast.While):
            return set(self.drain.binds) if self.drain is not None else set()
        return bound_paths(loop.target)

    def _loops(self, node: ast.AST) -> list[LoopNode]:
        found: list[LoopNode] = []
        current: ast.AST | None = node
        while current is not None and (loop := enclosing_loop(self.module, current)) is not None:
            found.append(loop)
            current = self.module.parents[loop] if isinstance(loop, ast.comprehension) else loop
        return found

    def _comprehension_targets(self, loop: LoopNode) -> set[str]:
        if not isinstance(loop, ast.comprehension):
            return set()
        around = self.module.parents[loop]
        generators: list[ast.comprehension] = getattr(around, "generators", [])
        return set[str]().union(*(bound_paths(one.target) for one in generators))

    def _started(self, loop: LoopNode, nodes: list[ast.AST]) -> str | None:
        if isinstance(loop, ast.While):
            return None  # what it takes is no sooner begun than taken
        for node in nodes:
            waited = waited_for(node)
            if not isinstance(node, ast.Await) or not isinstance(waited, ast.Name):
                continue
            if waited.id in bound_paths(loop.target):
                if self.flow.started.starts(loop.iter):
                    return f"`{waited.id}` was started before the loop: they overlap already"
            elif (reason := self.flow.started.before(node, loop.iter.lineno)) is not None:
                return reason
        return None

    def _paced(self, loop: LoopNode, nodes: list[ast.AST]) -> str | None:
        own = nodes if isinstance(loop, ast.comprehension) else own_nodes(loop)
        for node in own:
            if isinstance(node, ast.Yield | ast.YieldFrom):
                return f"line {node.lineno} hands each value to its consumer before the next turn (`yield`)"
            if not isinstance(node, ast.Await):
                continue
            callee = self.flow.resources.callee(node.value)
            if is_sleep(callee):
                return f"the sleep on line {node.lineno} paces the loop"
            if is_group(callee) and node in nodes and not is_of_one(node.value) and not self.grouped:
                return f"each turn is a batch that overlaps already (line {node.lineno})"
        return None

    def _finishes(
        self, loop: LoopNode, units: list[Unit], nodes: list[ast.AST], take: ast.Await | None
    ) -> str | None:
        """A `break` or `return` that hangs on what a turn awaited, or on its failure."""
        for unit in units:
            if not isinstance(unit.node, _FINISHES) or not self._leaves(unit.node, loop):
                continue
            if take is not None and self._handles(unit.node, loop, [take]):
                continue  # nothing more will be brought
            conditional = any(isinstance(guard, ast.If | ast.Match) for guard in unit.guards)
            if not conditional or self._handles(unit.node, loop, nodes):
                return f"line {unit.node.lineno} ends the loop as soon as one turn is enough"
        return None

    def _leaves(self, node: ast.stmt, loop: LoopNode) -> bool:
        return isinstance(node, ast.Return) or self.flow.loop_of(node) is loop

    def _handles(self, node: ast.stmt, loop: LoopNode, nodes: list[ast.AST]) -> bool:
        """Whether the exit stands in a handler, inside the loop, for one of the awaits."""
        for outer in self.module.ancestors(node):
            if outer is loop:
                return False
            tried = self.module.parents.get(outer)
            if isinstance(outer, ast.ExceptHandler) and tried is not None:
                return any(tried in self.module.ancestors(one) for one in nodes)
        return False

    def _carried(
        self, loop: LoopNode, units: list[Unit], nodes: list[ast.AST], take: ast.Await | None
    ) -> str | None:
        if not units:
            return None
        taint = Taint(self.flow.ends)
        for unit in units:
            awaited = self._held(unit, nodes)
            if isinstance(unit.node, _FINISHES) and self._leaves(unit.node, loop):
                if (why := taint.decides(unit) or taint.read_by(unit.reads)) is not None:
                    return f"line {unit.node.lineno} ends the loop by what line {why[1]} awaited"
            taint.follow(unit)
            for node in awaited:
                taint.seed(unit, self.flow.seeds(node, self.source), _line(node))
        over = loop.test if isinstance(loop, ast.While) else loop.iter
        again = read_paths(over) if take is None else read_paths(over) | self.flow.reads(take)
        if (why := taint.read_by(again)) is not None:
            return f"the loop runs over `{why[0]}`, which it changes by what line {why[1]} awaited"
        carried = Taint(self.flow.ends, dict(taint.paths))
        for name in self._targets(loop) | (set() if take is None else bound_by(self.module, take)):
            carried.drop(name)
        for unit in units:
            for node in self._held(unit, nodes):
                if (why := carried.read_by(self.flow.reads(node))) is not None:
                    return f"operand reads `{why[0]}`, which line {why[1]} awaited in the turn before"
                if (why := carried.decides(unit)) is not None:
                    return f"whether line {_line(node)} runs is decided by `{why[0]}` of the turn before"
            carried.follow(unit)
        return None

    def _held(self, unit: Unit, nodes: list[ast.AST]) -> list[ast.AST]:
        return [node for node in nodes if self.module.statement_of(node) is unit.node]

    def _shared(self, nodes: list[ast.AST], bound: set[str], loop: LoopNode) -> str | None:
        for node in nodes:
            for path in sorted(self.flow.resources.serial(waited_for(node))):
                answered = self.fed and path in self.source and is_duplex(path)
                if not bound.intersection(prefixes(path)) and not answered:
                    return f"every turn uses `{path}`"
            beyond = False
            for outer in self.module.ancestors(node):
                beyond = beyond or outer is loop
                if isinstance(outer, ast.With | ast.AsyncWith):
                    if (reason := self._context(outer, node, bound, beyond)) is not None:
                        return reason
        return None

    def _context(
        self, outer: ast.With | ast.AsyncWith, node: ast.AST, bound: set[str], beyond: bool
    ) -> str | None:
        for item in outer.items:
            text = self.module.segment(item.context_expr)
            if beyond and self.flow.claims(item, (node,)):
                return f"the loop runs inside `{text}` (line {outer.lineno})"
            if beyond:
                continue
            own = touched(bound, read_paths(item.context_expr)) is not None
            if not own and self.flow.resources.context(item) == "lock":
                return f"every turn holds `{text}` (line {outer.lineno})"
        return None

    def _state(self, nodes: list[ast.AST]) -> str | None:
        for node in nodes:
            state = self.flow.state.seen_from(waited_for(node))
            if (reason := self.flow.meet(state, state, _line(node), _line(node))) is not None:
                return reason.replace(
                    f"lines {_line(node)} and {_line(node)} call", f"line {_line(node)} calls"
                )
        return None


def _line(node: ast.AST) -> int:
    return node.lineno if isinstance(node, ast.Await) else waited_for(node).lineno
