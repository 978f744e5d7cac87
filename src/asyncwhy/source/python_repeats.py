"""The loop whose turns pass through several lines."""

from __future__ import annotations

import ast
from collections.abc import Collection

from asyncwhy.source.python_module import FunctionNode, Module


def loop_around(module: Module, lines: Collection[int]) -> int | None:
    """The line of the innermost `for` or `while` that holds all the lines, in one function; None without one."""
    first, last = min(lines), max(lines)
    found = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.For | ast.AsyncFor | ast.While)
        and node.lineno <= first
        and last <= (node.body[-1].end_lineno or node.lineno)
        and not _is_defined_inside(node, first)
    ]
    return max((node.lineno for node in found), default=None)


def _is_defined_inside(loop: ast.For | ast.AsyncFor | ast.While, line: int) -> bool:
    """Whether the line stands in a function that the loop only defines."""
    return any(
        isinstance(node, FunctionNode) and node.lineno <= line <= (node.end_lineno or node.lineno)
        for node in ast.walk(loop)
    )
