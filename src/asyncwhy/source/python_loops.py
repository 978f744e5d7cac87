"""Where awaits stand: the loop around one, what it waits for, what gets its value."""

from __future__ import annotations

import ast

from asyncwhy.source.python_module import FunctionNode, Module
from asyncwhy.source.python_paths import bound_paths

AwaitNode = ast.Await | ast.AsyncFor | ast.AsyncWith | ast.comprehension
LoopNode = ast.For | ast.AsyncFor | ast.While | ast.comprehension
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def waited_for(node: ast.AST) -> ast.expr:
    """The expression whose value is waited for."""
    match node:
        case ast.Await():
            return node.value
        case ast.AsyncFor() | ast.comprehension():
            return node.iter
        case ast.AsyncWith():
            return node.items[0].context_expr
    raise TypeError(type(node).__name__)


def bound_by(module: Module, node: ast.AST) -> set[str]:
    """The names and attributes bound to what the await yields."""
    if isinstance(node, ast.AsyncFor | ast.comprehension):
        return bound_paths(node.target)
    if isinstance(node, ast.AsyncWith):
        return {path for item in node.items if item.optional_vars for path in bound_paths(item.optional_vars)}
    found: set[str] = set()
    for outer in module.ancestors(node):
        match outer:
            case ast.NamedExpr():
                found |= bound_paths(outer.target)
            case ast.Assign():
                return found.union(*(bound_paths(target) for target in outer.targets))
            case ast.AnnAssign() | ast.AugAssign():
                return found | bound_paths(outer.target)
            case ast.withitem():
                return found | (bound_paths(outer.optional_vars) if outer.optional_vars else set())
            case ast.For() | ast.AsyncFor():
                return found | bound_paths(outer.target)
            case ast.stmt():
                return found
    return found


def enclosing_loop(module: Module, node: ast.AST) -> LoopNode | None:
    """The innermost loop whose every turn passes through the node."""
    inner = node
    for outer in within_function(module, node):
        if isinstance(outer, ast.For | ast.AsyncFor) and any(inner is part for part in outer.body):
            return outer
        if isinstance(outer, ast.While) and (
            inner is outer.test or any(inner is part for part in outer.body)
        ):
            return outer
        if isinstance(outer, COMPREHENSIONS) and inner is not outer.generators[0]:
            position = next((i for i, part in enumerate(outer.generators) if part is inner), None)
            return outer.generators[-1 if position is None else position - 1]
        if isinstance(outer, ast.comprehension) and any(inner is part for part in outer.ifs):
            return outer
        inner = outer
    return None


def within_function(module: Module, node: ast.AST) -> list[ast.AST]:
    """What stands around the node, from the inside out, as far as its own function."""
    found = []
    for outer in module.ancestors(node):
        if isinstance(outer, FunctionNode | ast.Lambda):
            break
        found.append(outer)
    return found
