"""Which connection an await uses: one that outlives the function, or one that was opened for it."""

from __future__ import annotations

import ast

from asyncwhy.source.python_loops import waited_for, within_function
from asyncwhy.source.python_module import Module
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths
from asyncwhy.source.python_resources import CONNECTIONS, Resources, tokens

#: What opens one: see `Resources.context`.
_OPENS = ("connection", "transaction")


def connection_at(module: Module, names: Names, line: int) -> str | None:
    """The path of the session, connection or transaction that the await on a line uses and that the function keeps
    elsewhere; "" where it is within a `with` that opens one of its own, None where it uses none."""
    resources = Resources(module, names)
    for node in module.nodes:
        suspends = isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor)
        waited = waited_for(node) if suspends else None
        if waited is None or not waited.lineno <= line <= (waited.end_lineno or waited.lineno):
            continue
        if _opened(resources, node):
            return ""
        for path, thing in sorted(resources.serial(waited).items()):
            words = [*tokens(path)[-1:], *tokens(names.type_of(thing) or "")[-1:]]
            if CONNECTIONS.intersection(words) and _is_kept(names, path, thing):
                return path
    return None


def _opened(resources: Resources, node: ast.AST) -> bool:
    return any(
        item.optional_vars is not None
        and (
            resources.context(item) in _OPENS
            or any(CONNECTIONS.intersection(tokens(path)[-1:]) for path in bound_paths(item.optional_vars))
        )
        for outer in within_function(resources.module, node)
        if isinstance(outer, ast.With | ast.AsyncWith)
        for item in outer.items
    )


def _is_kept(names: Names, path: str, thing: ast.expr) -> bool:
    """Whether it is an attribute, or the module's own, and not an object of a class whose code is here to read."""
    if names.type_of(thing) in names.classes:
        return False
    root = path.partition(".")[0]
    return "." in path or names.lookup(root, thing) == names.scope_bindings(names.module.tree).get(root)
