"""What an expression may stand for, as far as it is known; None stands for everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the index, by its path."""

    path: str


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the index."""

    path: str
    index: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the index."""

    path: str
    index: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the index: with its receiver, with what is known of its arguments, in its closure."""

    path: str
    index: int
    receiver: Value = None
    given: tuple[tuple[str, Value], ...] = ()
    outer: Function | None = None


@dataclass(frozen=True, slots=True)
class External:
    """A name outside the index: a module, function or class of the standard library or of a package."""

    name: str


@dataclass(frozen=True, slots=True)
class ExternalInstance:
    """An object of a class outside the index."""

    name: str


@dataclass(frozen=True, slots=True)
class Awaitable:
    """Something that gives a value when awaited."""

    value: Value


@dataclass(frozen=True, slots=True)
class Items:
    """Something that has items of a kind: a list, an iterator, the values of a mapping."""

    value: Value


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple, item by item."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Manager:
    """A context manager that gives a value when entered."""

    value: Value


@dataclass(frozen=True, slots=True)
class Partial:
    """A callable with some of its arguments."""

    value: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of a class, for a receiver."""

    path: str
    index: int
    receiver: Value


Value: TypeAlias = (
    Module | Class | Instance | Function | External | ExternalInstance | Awaitable | Items | Several | Manager
    | Partial | Super | None
)  # fmt: skip
