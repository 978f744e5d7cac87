"""Paired measurements: each observed run stands beside an unobserved one of the same minute."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.observers import UNOBSERVED, Observer

Measure = Callable[[Observer, Path], float]


@dataclass(frozen=True)
class Paired:
    """Medians over `pairs` pairs: of the two measurements, of their ratio and of their difference."""

    observer: str
    pairs: int
    unobserved: float
    observed: float
    ratio: float
    lowest: float
    highest: float
    added: float

    def data(self) -> dict[str, Any]:
        return asdict(self)


def compare(observer: Observer, measure: Measure, pairs: int) -> Paired:
    """Alternate, the order changing from pair to pair, so that what slows the machine slows both."""
    both: list[tuple[float, float]] = []
    for turn in range(pairs):
        order = (UNOBSERVED, observer) if turn % 2 == 0 else (observer, UNOBSERVED)
        got = {one.name: _once(one, measure) for one in order}
        both.append((got[UNOBSERVED.name], got[observer.name]))
    ratios = [after / before for before, after in both]
    return Paired(
        observer.name,
        pairs,
        statistics.median(before for before, _ in both),
        statistics.median(after for _, after in both),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        statistics.median(after - before for before, after in both),
    )


def _once(observer: Observer, measure: Measure) -> float:
    with tempfile.TemporaryDirectory(prefix="asyncwhy-benchmark-") as folder:
        return measure(observer, Path(folder))
