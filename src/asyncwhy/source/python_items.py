"""Calls that a `for` makes for each of its items, where no turn needs what one before it has left."""

from __future__ import annotations

import ast

from asyncwhy.source.python_loops import enclosing_loop
from asyncwhy.source.python_module import Module
from asyncwhy.source.python_paths import bound_paths, read_paths

_ENDS = (ast.Break, ast.Return, ast.Yield, ast.YieldFrom)


def repeated_at(module: Module, line: int) -> int | None:
    """The line of the `for` that makes the call on a line anew for each item; None where a turn may need another."""
    for call in module.calls:
        if call.lineno != line:
            continue
        loop = enclosing_loop(module, call)
        if isinstance(loop, ast.For) and _is_free(loop.target, loop.body, call):
            return loop.lineno
        if isinstance(loop, ast.comprehension) and _is_free(loop.target, [], call):
            return loop.target.lineno
    return None


def _is_free(target: ast.expr, body: list[ast.stmt], call: ast.Call) -> bool:
    """Whether the call's arguments come of the item, and of nothing that is carried from turn to turn."""
    if any(isinstance(node, _ENDS) for statement in body for node in ast.walk(statement)):
        return False
    flow = [(read_paths(statement), _binds(statement)) for statement in body]
    carried = _carried(flow)
    items = bound_paths(target)
    for reads, binds in flow:
        if reads & items:
            items |= binds
    given = set[str]().union(
        *(read_paths(part) for part in (*call.args, *(word.value for word in call.keywords)))
    )
    return bool(given & items) and not given & carried


def _carried(flow: list[tuple[set[str], set[str]]]) -> set[str]:
    """What a turn reads before it binds it, and everything that is made of that."""
    ever = set[str]().union(*(binds for _, binds in flow))
    bound: set[str] = set()
    found: set[str] = set()
    for reads, binds in flow:
        found |= (reads & ever) - bound
        bound |= binds
    for _ in flow:
        for reads, binds in flow:
            if reads & found:
                found |= binds
    return found


def _binds(statement: ast.stmt) -> set[str]:
    made: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Assign):
            made |= set[str]().union(*map(bound_paths, node.targets))
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr | ast.For):
            made |= bound_paths(node.target)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            made |= bound_paths(node.optional_vars)
    return made
