"""Paths: the dotted names (`user`, `self.conn.execute`) that an expression reads or a target binds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from asyncwhy.source.python_module import dotted


def reads_of(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Every longest path that is read in the node, with the expression; names bound inside are left out."""
    inner = _bound_inside(node)
    pending: list[ast.AST] = [node]
    while pending:
        current = pending.pop()
        path = dotted(current) if isinstance(current, ast.Attribute | ast.Name) else None
        if path is None or not isinstance(current, ast.Attribute | ast.Name):
            pending.extend(reversed(list(ast.iter_child_nodes(current))))
        elif path.partition(".")[0] not in inner and isinstance(current.ctx, ast.Load):
            yield path, current


def read_paths(node: ast.AST) -> set[str]:
    """The paths that are read in the node."""
    return {path for path, _ in reads_of(node)}


def callee_nodes(node: ast.AST) -> set[ast.expr]:
    """The expressions in the node that are called: their last component names a function, not a thing."""
    return {inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)}


def bound_paths(target: ast.expr) -> set[str]:
    """The paths that an assignment to the target changes; of `a[i]` and `f().x`, what holds them."""
    if isinstance(target, ast.Tuple | ast.List):
        return set[str]().union(*(bound_paths(element) for element in target.elts))
    if isinstance(target, ast.Starred | ast.Subscript):
        return bound_paths(target.value)
    path = dotted(target)
    return set() if path is None else {path}


def touches(read: str, written: str) -> bool:
    """Whether a read of the one sees a change of the other: the same path, or part of it, or its whole."""
    return read == written or read.startswith(f"{written}.") or written.startswith(f"{read}.")


def touched(reads: Iterable[str], written: Iterable[str]) -> str | None:
    """The first (by name) of the written paths that the reads see."""
    every = list(reads)
    return next((path for path in sorted(written) if any(touches(read, path) for read in every)), None)


def prefixes(path: str) -> list[str]:
    """`a`, `a.b`, `a.b.c` of `a.b.c`."""
    parts = path.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def uses(body: list[ast.stmt], names: set[str]) -> bool:
    """Whether the statements name one of the names."""
    return any(
        isinstance(part, ast.Name) and part.id in names for statement in body for part in ast.walk(statement)
    )


def _bound_inside(node: ast.AST) -> set[str]:
    """Names that a lambda or comprehension inside the node binds for itself alone."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.comprehension):
            found |= bound_paths(inner.target)
        elif isinstance(inner, ast.Lambda):
            found |= {argument.arg for argument in [*inner.args.args, *inner.args.kwonlyargs]}
    return found
