"""What is said of two runs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asyncwhy.model.finding import Finding
from asyncwhy.model.report import Report


class Direction(StrEnum):
    """Which way something went from one run to another."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Shift:
    """One finding in two runs: None where it is not there."""

    before: Finding | None
    after: Finding | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of two runs; `unit` is "s", "x" (a number as it is) or "verdict"."""

    name: str
    before: float
    after: float
    unit: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs: what became better or worse.  `shifts` has the worse ones first."""

    before: Report
    after: Report
    direction: Direction
    measures: tuple[Measure, ...]
    shifts: tuple[Shift, ...]
