"""Could consecutive awaits overlap?  Each check gives a reason why not, in words, or None.

Cautious: what cannot be told apart is taken as dependent, since a wrong "these may overlap" breaks a
program and a missed one only leaves it slow.  The checks follow the commits that took an overlap back
(`facts/static.md`): shared connections, order of effects, clean-up, rate limits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from itertools import combinations

from asyncwhy.source.interface import Confidence, Independence
from asyncwhy.source.python_flow import Taint, Why
from asyncwhy.source.python_loops import bound_by, enclosing_loop, waited_for
from asyncwhy.source.python_module import FunctionNode, Module, dotted, own_nodes
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths, touched
from asyncwhy.source.python_resources import (
    Resources,
    comes_first,
    comes_last,
    is_group,
    is_of_one,
    is_sleep,
    only_fetches,
    only_sends,
    tokens,
)
from asyncwhy.source.python_started import Started
from asyncwhy.source.python_state import SharedState, State, receiver
from asyncwhy.source.python_takes import Takes
from asyncwhy.source.python_turns import Turns
from asyncwhy.source.python_units import EXITS, Unit, Units

FREE = "no data dependency found"
_REMEMBERS = frozenset({"cache", "cached", "caches", "memo", "stats", "metrics"})


class Dataflow:
    """What depends on what among the awaits of one module."""

    def __init__(self, module: Module, names: Names, state: SharedState) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names
        self.state = state
        self.resources = Resources(module, names)
        self.units = Units(module, names, state)
        self.started = Started(module, names)
        self.takes = Takes(module, names)

    def independent(self, nodes: list[ast.AST]) -> Independence:
        """Whether awaits of one function that follow each other could overlap."""
        ordered = sorted(nodes, key=lambda node: (line_of(node), waited_for(node).col_offset))
        if len({self.module.function_of(node) for node in ordered}) > 1:
            return Independence(False, "they stand in different functions", Confidence.HIGH)
        for first, second in combinations(ordered, 2):
            if (reason := self._dependence(first, second)) is not None:
                return Independence(False, reason, Confidence.HIGH)
        return Independence(True, FREE, min(map(self.confidence, ordered), key=list(Confidence)[::-1].index))

    def independent_turns(
        self, nodes: list[ast.AST], *, fed: bool = False, batches: bool = False
    ) -> Independence:
        """Whether the turns of the loop around the awaits could overlap."""
        reason = Turns(self, fed=fed, batches=batches).dependence(nodes)
        if reason is not None:
            return Independence(False, reason, Confidence.HIGH)
        if fed or batches:
            return Independence(True, FREE, Confidence.MEDIUM)
        return Independence(
            True, FREE, min(map(self._confidence_in_turns, nodes), key=list(Confidence)[::-1].index)
        )

    def _confidence_in_turns(self, node: ast.AST) -> Confidence:
        """As `confidence`; but what each turn sends to a receiver of its own need not come in order."""
        waited, loop = waited_for(node), enclosing_loop(self.module, node)
        if (
            isinstance(loop, ast.For)
            and isinstance(waited, ast.Call)
            and isinstance(waited.func, ast.Attribute)
        ):
            if dotted(waited.func.value) in bound_paths(loop.target) and only_sends(waited.func.attr):
                return Confidence.MEDIUM
        return self.confidence(node)

    def confidence(self, node: ast.AST) -> Confidence:
        """High where the result is used and the name is that of a reader; low for effects and sleeps."""
        callee = self.resources.callee(waited_for(node))
        dropped = self.dropped(node)
        if (
            (is_group(callee) and not is_of_one(waited_for(node)))
            or not only_fetches(callee)
            or (dropped and comes_first(callee))
        ):
            return Confidence.LOW
        return Confidence.MEDIUM if dropped or is_sleep(callee) else Confidence.HIGH

    def dropped(self, node: ast.AST) -> bool:
        """Whether nothing takes the await's value."""
        return isinstance(node, ast.Await) and isinstance(self.module.parents.get(node), ast.Expr)

    def _dependence(self, first: ast.AST, second: ast.AST) -> str | None:
        checks: tuple[Callable[[ast.AST, ast.AST], str | None], ...] = (
            self._nested,
            self._branches,
            self._already_started,
            self._data,
            self._shared_resource,
            self._shared_context,
            self._sleep_between,
            self._effects,
            self._shared_state,
        )
        return next((reason for check in checks if (reason := check(first, second))), None)

    def _nested(self, first: ast.AST, second: ast.AST) -> str | None:
        for outer, inner in ((first, second), (second, first)):
            around = self.module.ancestors(inner)
            if outer not in around:
                continue
            if isinstance(outer, ast.Await | ast.comprehension) or not _in_body(outer, inner, around):
                return f"line {line_of(outer)} takes what line {line_of(inner)} awaits"
            return f"line {line_of(inner)} stands inside what line {line_of(outer)} awaits"
        for outer in self.module.ancestors(second):
            if outer in self.module.ancestors(first) and isinstance(outer, ast.BoolOp | ast.IfExp):
                return f"whether line {line_of(second)} awaits is decided by line {line_of(first)}"
        return None

    def _branches(self, first: ast.AST, second: ast.AST) -> str | None:
        line = line_of(second)
        for outer, one, other in self._forks(first, second):
            if (
                isinstance(outer, ast.If | ast.Match)
                and {one, other} != {"test"}
                and "test" not in (one, other)
            ):
                return f"lines {line_of(first)} and {line} stand in different branches"
            if isinstance(outer, ast.Try | ast.TryStar):
                return f"whether line {line} runs is decided by how line {line_of(first)} ends (`try`)"
        for outer in self.module.ancestors(first):
            if isinstance(outer, ast.Try | ast.TryStar) and outer not in self.module.ancestors(second):
                tried = any(first in (part, *own_nodes_of(part)) for part in outer.body)
                for node in (inner for handler in outer.handlers for inner in own_nodes(handler)):
                    if tried and isinstance(node, EXITS) and not isinstance(node, ast.Raise):
                        if self.ends(node, self._statement(second)):
                            return (
                                f"line {node.lineno} leaves before line {line} if line {line_of(first)} fails"
                            )
        return None

    def _forks(self, first: ast.AST, second: ast.AST) -> list[tuple[ast.AST, str, str]]:
        """The statements around both in whose different blocks they stand."""
        found: list[tuple[ast.AST, str, str]] = []
        around = self.module.ancestors(first)
        for outer in self.module.ancestors(second):
            if outer in around and isinstance(outer, ast.If | ast.Match | ast.Try | ast.TryStar):
                one, other = self._block(outer, first), self._block(outer, second)
                if one != other:
                    found.append((outer, one, other))
        return found

    def _block(self, outer: ast.AST, node: ast.AST) -> str:
        """The name of the outer statement's block that holds the node."""
        child = next(n for n in [node, *self.module.ancestors(node)] if self.module.parents.get(n) is outer)
        if isinstance(outer, ast.Match):
            return f"case {outer.cases.index(child)}" if isinstance(child, ast.match_case) else "test"
        for name in ("body", "orelse", "finalbody", "handlers"):
            if any(child is part for part in getattr(outer, name, [])):
                return f"{name} {child.lineno}" if isinstance(child, ast.ExceptHandler) else name
        return "test"

    def _already_started(self, first: ast.AST, second: ast.AST) -> str | None:
        return self.started.before(second, line_of(first))

    def _data(self, first: ast.AST, second: ast.AST) -> str | None:
        units = self.units.of(self._function(first).body)
        start, stop = self._unit_of(units, first), self._unit_of(units, second)
        taint = Taint(self.ends)
        taint.seed(units[start], self.seeds(first), line_of(first))
        reads = self.reads(second)
        if start != stop:
            for unit in units[start:stop]:
                if self._leaves_for_both(unit.node, first, second):
                    return f"line {unit.node.lineno} leaves before line {line_of(second)}"
                if unit is not units[start]:
                    taint.follow(unit)
            if (why := taint.decides(units[stop])) is not None:
                return f"whether line {line_of(second)} runs {_hangs_on(why)}"
        return None if (why := taint.read_by(reads)) is None else f"operand {_reads(why)}"

    def _leaves_for_both(self, exit_: ast.stmt, first: ast.AST, second: ast.AST) -> bool:
        """Whether whoever passes the first await takes this exit, and so never comes to the second."""
        holder = self.module.parents[exit_]
        if not isinstance(exit_, EXITS) or not self.ends(exit_, self._statement(second)):
            return False
        around = self.module.ancestors(first)
        return holder in around and self._block(holder, exit_) == self._block(holder, first)

    def reads(self, node: ast.AST) -> set[str]:
        """What the awaited expression reads, the functions that it calls in this file included."""
        return self.units.awaited_reads(node)

    def seeds(self, node: ast.AST, duplex: Collection[str] = ()) -> set[str]:
        """The paths that get the await's value, or are changed by a call that is given it."""
        found = bound_by(self.module, node)
        for outer in self.module.ancestors(node):
            if isinstance(outer, ast.Call):
                found |= self.units.may_change(outer, duplex)
            elif isinstance(outer, ast.stmt):
                break
        return found

    def _shared_resource(self, first: ast.AST, second: ast.AST) -> str | None:
        one, other = (self.resources.serial(waited_for(node)) for node in (first, second))
        shared = sorted(set(one) & set(other))
        return f"lines {line_of(first)} and {line_of(second)} both use `{shared[0]}`" if shared else None

    def _shared_context(self, first: ast.AST, second: ast.AST) -> str | None:
        around = self.module.ancestors(first)
        for outer in self.module.ancestors(second):
            if outer in around and isinstance(outer, ast.With | ast.AsyncWith):
                for item in outer.items:
                    if self.claims(item, (first, second)):
                        text = self.module.segment(item.context_expr)
                        return f"both run inside `{text}` (line {outer.lineno})"
        if isinstance(first, ast.AsyncWith) and any(self.resources.context(item) for item in first.items):
            return f"line {first.lineno} holds `{self.module.segment(first.items[0].context_expr)}` first"
        return None

    def claims(self, item: ast.withitem, nodes: tuple[ast.AST, ...]) -> bool:
        """Whether the context makes the awaits inside it take turns."""
        claim = self.resources.context(item)
        if claim != "connection" or not isinstance(item.optional_vars, ast.Name):
            return claim is not None
        return all(touched(self.reads(node), {item.optional_vars.id}) for node in nodes)

    def _sleep_between(self, first: ast.AST, second: ast.AST) -> str | None:
        sleeps = [self._is_sleep(node) for node in (first, second)]
        if all(sleeps):
            return self._work_between(first, second)
        for node in own_nodes(self._function(first)):
            if not isinstance(node, ast.Await) or not self._is_sleep(node):
                continue
            if line_of(first) <= line_of(node) <= line_of(second):
                return f"the sleep on line {line_of(node)} keeps them apart"
        return None

    def _work_between(self, first: ast.AST, second: ast.AST) -> str | None:
        """What two sleeps keep apart: a statement between them that does more than talk."""
        if any(_is_yield(node) for node in (first, second)):
            return "a sleep of zero only lets the others run"
        for statement in own_nodes(self._function(first)):
            if isinstance(statement, ast.stmt) and line_of(first) < statement.lineno < line_of(second):
                call = statement.value if isinstance(statement, ast.Expr) else None
                if not isinstance(call, ast.Call) or self.units.may_change(call):
                    return f"the sleep on line {line_of(first)} keeps line {statement.lineno} apart"
        return None

    def _is_sleep(self, node: ast.AST) -> bool:
        return is_sleep(self.resources.callee(waited_for(node)))

    def _effects(self, first: ast.AST, second: ast.AST) -> str | None:
        one, other = (self.resources.callee(waited_for(node)) for node in (first, second))
        if comes_last(other) and isinstance(second, ast.Await):
            return f"line {line_of(second)} (`{other}`) may have to come last"
        if not self.dropped(first):
            return None
        if is_group(one):
            return f"line {line_of(first)} waits for all of its group before the next begins"
        if comes_last(one) or (comes_first(one) and one != other):
            return f"line {line_of(first)} (`{one}`) may have to come first"
        if one != other and (owner := self.state.acts_beyond(waited_for(first))) is not None:
            if owner == receiver(waited_for(second)):
                return f"what line {line_of(first)} does to `{owner}` may have to come first"
        return None

    def _shared_state(self, first: ast.AST, second: ast.AST) -> str | None:
        one, other = (self.state.seen_from(waited_for(node)) for node in (first, second))
        return self.meet(one, other, line_of(first), line_of(second))

    def meet(self, one: State, other: State, line: int, next_line: int) -> str | None:
        """What two functions' shared state has in common that makes their order matter."""
        for path in sorted((one.writes & other.reads) | (other.writes & one.reads)):
            if not _REMEMBERS.intersection(tokens(path)):
                return f"what lines {line} and {next_line} call shares `{path}`"
        for path in sorted(one.locks & other.locks):
            return f"what lines {line} and {next_line} call holds `{path}`"
        return None

    def ends(self, exit_: ast.stmt, node: ast.stmt) -> bool:
        """Whether taking the exit keeps the statement from running (in the same turn, for a loop's)."""
        if not isinstance(exit_, ast.Break | ast.Continue):
            return True
        loop = self.loop_of(exit_)
        return loop is not None and loop in self.module.ancestors(node)

    def loop_of(self, exit_: ast.stmt) -> ast.AST | None:
        """The loop that a `break` or `continue` belongs to."""
        loops = (n for n in self.module.ancestors(exit_) if isinstance(n, ast.For | ast.AsyncFor | ast.While))
        return next(loops, None)

    def _function(self, node: ast.AST) -> FunctionNode:
        function = self.module.function_of(node)
        assert isinstance(function, FunctionNode)
        return function

    def _statement(self, node: ast.AST) -> ast.stmt:
        statement = self.module.statement_of(node)
        assert statement is not None
        return statement

    def _unit_of(self, units: list[Unit], node: ast.AST) -> int:
        statement = self._statement(node)
        return next(index for index, unit in enumerate(units) if unit.node is statement)


def line_of(node: ast.AST) -> int:
    """The line that people are told for an await: that of the `await`, or of what the header waits for."""
    return node.lineno if isinstance(node, ast.Await) else waited_for(node).lineno


def own_nodes_of(statement: ast.stmt) -> list[ast.AST]:
    """The statement's nodes, itself left out."""
    return list(ast.walk(statement))[1:]


def _is_yield(node: ast.AST) -> bool:
    waited = waited_for(node)
    zero = isinstance(waited, ast.Call) and [getattr(part, "value", None) for part in waited.args] == [0]
    return zero or (isinstance(waited, ast.Call) and not waited.args)


def _in_body(outer: ast.AST, inner: ast.AST, around: list[ast.AST]) -> bool:
    chain = [inner, *around]
    return any(part is node for part in getattr(outer, "body", []) for node in chain)


def _reads(why: Why) -> str:
    path, line = why
    return f"reads `{path}`, which line {line} awaited"


def _hangs_on(why: Why) -> str:
    path, line = why
    return f"is decided by `{path}`, which line {line} awaited" if path else f"is decided by line {line}"
