"""A finding before it is put into words for people: a cause at a place, with its path."""

from __future__ import annotations

from dataclasses import dataclass, field

from asyncwhy.check.calling import Place
from asyncwhy.check.values import Function


@dataclass(slots=True)
class Draft:
    """`path` runs from the primitive outwards; `entries` are what the loop runs and how, with the call that leads
    on from there; `hint` marks what is too unsure to be shown unasked."""

    cause: str
    place: Place
    call: str
    operation: str
    headline: str
    label: str
    help: str
    path: tuple[Place, ...] = ()
    entries: dict[Function, tuple[str, Place]] = field(default_factory=dict)
    weight: int = 3
    hint: bool = False
    unsure: bool = False
    library: str | None = None
