"""What one branch of an `if` assigns, the other does not see: there each name is what it was before.

Assignments are (name, line, annotation, value), and the last one before a line counts; what is repeated here stands
between two lines, on a half one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any


def visit(node: ast.If, assigns: list[Any], block: Callable[[list[ast.stmt]], None]) -> None:
    """Visit both branches by `block`, which adds to `assigns`."""
    before = len(assigns)
    block(node.body)
    if not node.orelse:
        return
    inside = {one[0]: one for one in assigns[before:]}
    if inside:
        was = {one[0]: one for one in assigns[:before] if one[0] in inside}
        line = node.orelse[0].lineno - 0.5
        assigns += [(name, line, *one[2:]) for name, one in was.items()]
    between = len(assigns)
    block(node.orelse)
    if inside:
        again = {one[0] for one in assigns[between:]}
        line = (node.end_lineno or node.lineno) + 0.5
        assigns += [(name, line, *one[2:]) for name, one in inside.items() if name not in again]
