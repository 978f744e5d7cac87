"""An `async def` that runs its plain twin (`aload` and `load`) where derived classes are to write that twin.

Whoever writes both says that the plain one may wait; what derived classes do in it runs on the loop, and most of them
are in other people's packages.  Of 77 bugs that were mended thirteen were of this shape (benchmarks/check/recall.md).
"""

from __future__ import annotations

from functools import cache

from asyncwhy.catalog import Entry
from asyncwhy.check.shapes import ABSTRACT, ASYNC, GENERATOR, PROPERTY, RAISES, TRIVIAL, Expr, FunctionSummary

#: The kind of an entry that no catalogue has.
LEFT = "other"


def is_left_to_others(summary: FunctionSummary) -> bool:
    """Whether a plain method is for derived classes to write."""
    flags = summary.flags
    if flags & (ASYNC | GENERATOR | PROPERTY) or not flags & TRIVIAL or not flags & (ABSTRACT | RAISES):
        return False
    return summary.owner >= 0 and not _outermost(summary.returns).startswith(("Async", "Await", "Corout"))


def _outermost(shape: Expr) -> str:
    while type(shape) is tuple and shape[0] == "[":
        shape = shape[1]
    return shape if type(shape) is str else str(shape[2]) if type(shape) is tuple and shape[0] == "." else ""


@cache
def entry(qualname: str) -> Entry:
    """What the catalogue would say of such a method."""
    return Entry(
        name=qualname,
        kind=LEFT,
        tier="B",
        replacement="asyncio.to_thread",
        package="",
        verified=False,
        source="",
    )


def are_twins(coroutine: str, plain: str) -> bool:
    """Whether the names are those of the asynchronous and of the plain way to do one thing."""
    coroutine, plain = coroutine.lstrip("_"), plain.lstrip("_")
    return coroutine in (f"a{plain}", f"a_{plain}", f"async_{plain}", f"{plain}_async")
