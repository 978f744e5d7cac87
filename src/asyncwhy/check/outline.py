"""What other files can see of a summary, without positions: while it stays, an edit moved nothing but values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asyncwhy.check.project import Source
from asyncwhy.check.shapes import CALL, DROPS, PROPERTY, STARTS, ClassSummary, Expr

_OWN = STARTS | DROPS  # flags that only the file itself asks for


def outline(source: Source, looked_into: Iterable[int]) -> tuple[Any, ...]:
    """Names, signatures and attributes, and the bodies of the functions that others looked into."""
    summary = source.summary
    functions = [
        (
            one.name,
            one.qualname,
            one.flags & ~_OWN,
            placeless((one.decorators, one.parameters, one.returns)),
            one.parent,
            one.owner,
        )
        for one in source.functions
    ]
    classes = [
        (one.name, one.qualname, placeless(one.bases), one.methods, one.parent, _attributes(one))
        for one in source.classes
    ]
    names = frozenset(summary.names)
    bodies = [(index, _body(source, index)) for index in sorted(looked_into) if index < len(functions)]
    return (summary.imports, summary.stars, functions, classes, names, summary.defined, summary.made, bodies)


def _attributes(one: ClassSummary) -> dict[str, Expr]:
    return {name: placeless(places) for name, places in one.attributes.items()}


def _body(source: Source, index: int) -> tuple[Any, ...]:
    body = source.body(index)
    assigns = [(name, placeless(annotation), placeless(value)) for name, _, annotation, value in body.assigns]
    return (
        placeless(body.calls), assigns, placeless(body.returns), placeless(body.yields), body.imports, body.nested,
        body.classes,
    )  # fmt: skip


def placeless(shape: Expr) -> Expr:
    """A shape without the positions of its calls."""
    if type(shape) is not tuple:
        return shape
    if len(shape) == 9 and shape[0] == CALL:
        shape = (*shape[:4], shape[8])
    return tuple([placeless(part) for part in shape])


def properties(source: Source) -> frozenset[str]:
    """The names of the properties of a file's classes."""
    return frozenset(one.name for one in source.functions if one.flags & PROPERTY)
