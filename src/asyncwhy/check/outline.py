"""What other files can see of a summary, without positions: while it stays, an edit moved nothing but values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asyncwhy.check.project import Source
from asyncwhy.check.shapes import CALL, DROPS, PROPERTY, STARTS, ClassSummary, Expr, FunctionSummary

_OWN = STARTS | DROPS  # flags that only the file itself asks for


def shows_the_same(before: Source, after: Source, looked_into: Iterable[int]) -> bool:
    """Whether whoever knows the functions and classes of a summary by their indices finds the same ones in another.

    What has been added behind them does no harm: names are asked for by `Scope.of_module`, whose answers are compared.
    """
    wanted = sorted(looked_into)
    return (
        _begins(list(map(_function, before.functions)), list(map(_function, after.functions)))
        and _begins(list(map(_class, before.classes)), list(map(_class, after.classes)))
        and all(
            _body(before, index) == _body(after, index) for index in wanted if index < len(before.functions)
        )
    )


def _begins(before: list[Any], after: list[Any]) -> bool:
    return after[: len(before)] == before


def _function(one: FunctionSummary) -> tuple[Any, ...]:
    said = placeless((one.decorators, one.parameters, one.returns))
    return (one.name, one.qualname, one.flags & ~_OWN, one.parent, one.owner, said)


def _class(one: ClassSummary) -> tuple[Any, ...]:
    return (one.name, one.qualname, placeless(one.bases), one.methods, one.parent, _attributes(one))


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
