"""What an expression may stand for, as far as it is known; None stands for everything else.

Values are keys of dictionaries millions of times, and functions hold values that hold functions.  So of each value there
is one object (`_One`): equality is identity, and a hash costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias


class _One(type):
    """A class whose calls with equal arguments give the same object; see `own_values`."""

    known: dict[Any, Any] = {}  # noqa: RUF012 (one for all)
    padding: tuple[Any, ...] = ()  # what a call may leave out

    def __call__(cls, *args: Any) -> Any:
        if cls.padding and len(args) < 5:
            args += cls.padding[len(args) - 2 :]
        key = (cls, *args)
        found = _One.known.get(key)
        if found is None:
            found = _One.known[key] = super().__call__(*args)
        return found


class _OneFunction(_One):
    padding = (None, (), None)


@contextmanager
def own_values() -> Iterator[None]:
    """Within, values are made anew, and let go of at the end; none is equal to one from outside."""
    kept, _One.known = _One.known, {}
    try:
        yield
    finally:
        _One.known = kept


@dataclass(slots=True, eq=False)
class Module(metaclass=_One):
    """A file of the index, by its path."""

    path: str


@dataclass(slots=True, eq=False)
class Class(metaclass=_One):
    """A class of the index."""

    path: str
    index: int


@dataclass(slots=True, eq=False)
class Instance(metaclass=_One):
    """An object of a class of the index."""

    path: str
    index: int


@dataclass(slots=True, eq=False)
class Function(metaclass=_OneFunction):
    """A function of the index: with its receiver, with what is known of its arguments, in its closure."""

    path: str
    index: int
    receiver: Value = None
    given: tuple[tuple[str, Value], ...] = ()
    outer: Function | None = None


@dataclass(slots=True, eq=False)
class External(metaclass=_One):
    """A name outside the index: a module, function or class of the standard library or of a package."""

    name: str


@dataclass(slots=True, eq=False)
class ExternalInstance(metaclass=_One):
    """An object of a class outside the index."""

    name: str


@dataclass(slots=True, eq=False)
class Awaitable(metaclass=_One):
    """Something that gives a value when awaited."""

    value: Value


@dataclass(slots=True, eq=False)
class Items(metaclass=_One):
    """Something that has items of a kind: a list, an iterator, the values of a mapping."""

    value: Value


@dataclass(slots=True, eq=False)
class Several(metaclass=_One):
    """A tuple, item by item."""

    values: tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Manager(metaclass=_One):
    """A context manager that gives a value when entered."""

    value: Value


@dataclass(slots=True, eq=False)
class Partial(metaclass=_One):
    """A callable with some of its arguments."""

    value: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(slots=True, eq=False)
class Super(metaclass=_One):
    """`super()` in a method of a class, for a receiver."""

    path: str
    index: int
    receiver: Value


Value: TypeAlias = (
    Module | Class | Instance | Function | External | ExternalInstance | Awaitable | Items | Several | Manager
    | Partial | Super | None
)  # fmt: skip
