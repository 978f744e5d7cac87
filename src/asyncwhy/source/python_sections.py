"""What a line takes that others may want too, and the lines for which it is then held: the body of a `with`, what
stands between `acquire` and `release`, or between a `get` and the `put` that gives the same thing back."""

from __future__ import annotations

import ast

from asyncwhy.source.interface import Call, Section
from asyncwhy.source.python_calls import Calls
from asyncwhy.source.python_module import Module, dotted, end_of, own_nodes
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_resources import tokens

#: Methods that take, and those that give back.
_TAKES = {"acquire": ("release",), "get": ("put", "put_nowait")}
#: Words in the names of arguments that set how many there may be.
_LIMITS = frozenset("pool size max maxsize maxconn limit connections capacity".split())


def section_at(module: Module, names: Names, calls: Calls, line: int, column: int | None) -> Section | None:
    """What is taken on that line; None where nothing is, or where the function itself does not give it back."""
    entered = _entered(module, line, column)
    if entered is not None:
        statement, expression = entered
        first = statement.body[0].lineno
        if first == line and column is None:
            return None  # `with lock: work()`: what waits and what works stand on one line
        return _section(module, names, calls, "with", expression, (first, end_of(statement)[0]))
    call = calls.at(line, column, None, None, None)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    back = _given_back(module, call, call.func)
    if back is None:
        return None
    return _section(module, names, calls, call.func.attr, call.func.value, (end_of(call)[0] + 1, back))


def _entered(module: Module, line: int, column: int | None) -> tuple[ast.With, ast.expr] | None:
    """The `with` that is entered there: at what it enters from CPython 3.12 on, at the statement before."""
    for node in module.nodes:
        if not isinstance(node, ast.With):
            continue
        for item in node.items:
            where = item.context_expr
            if where.lineno <= line <= end_of(where)[0] and _covers(where, line, column):
                return node, where
        if node.lineno == line and column in (None, node.col_offset + 1):
            return node, node.items[0].context_expr
    return None


def _covers(where: ast.expr, line: int, column: int | None) -> bool:
    if column is None or where.lineno != end_of(where)[0]:
        return True
    return where.lineno == line and where.col_offset < column <= end_of(where)[1]


def _given_back(module: Module, call: ast.Call, taken: ast.Attribute) -> int | None:
    """The last line of the function on which what the call takes is given back."""
    function, owner = module.function_of(call), dotted(taken.value)
    if taken.attr not in _TAKES or owner is None or function is None:
        return None
    lines = [
        node.lineno
        for node in own_nodes(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _TAKES[taken.attr]
        and dotted(node.func.value) == owner
        and node.lineno > call.lineno
    ]
    return max(lines, default=None)


def _section(
    module: Module, names: Names, calls: Calls, how: str, taken: ast.expr, lines: tuple[int, int]
) -> Section:
    is_call = isinstance(taken, ast.Call)
    target = taken.func if isinstance(taken, ast.Call) else taken
    name = dotted(target) or module.segment(target)
    return Section(how, name, names.type_of(taken) or "", is_call, *lines, _made(module, calls, name))


def _made(module: Module, calls: Calls, name: str) -> Call | None:
    """The only call of the file whose result gets that name."""
    last = name.rpartition(".")[2]
    found = []
    for node in module.nodes:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any((dotted(target) or "").rpartition(".")[2] == last for target in targets):
            found.append(node.value)
    return calls.describe(found[0]) if len(found) == 1 else None


def limited_to(module: Module, calls: Calls, number: int) -> list[Call]:
    """The calls with an argument that sets a limit to that number."""
    return [
        calls.describe(call)
        for call in module.calls
        if any(
            keyword.arg is not None
            and _LIMITS.intersection(tokens(keyword.arg))
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value == number
            for keyword in call.keywords
        )
    ]
