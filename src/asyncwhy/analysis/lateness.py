"""What others suffered while a loop was held: who was ready, and how late it was taken up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.timeline import Floats, Timeline

#: Lateness below this (0.5 ms) is the loop's own pace, not suffering.
LEAST_S = 0.0005


@dataclass(frozen=True, slots=True)
class Late:
    """Steps of one kind (`ref` of one of them), how often and how many seconds they were late, summed."""

    ref: int
    count: int
    late_s: float
    worst_s: float


def held(spans: Floats, times: Floats) -> Floats:
    """Seconds of the disjoint (n, 2) `spans` that lie before each time."""
    return Held(spans).before(times)


class Held:
    """Disjoint (n, 2) spans that are asked more than once how much of them lies before some times."""

    def __init__(self, spans: Floats) -> None:
        ordered = spans[np.argsort(spans[:, 0])] if len(spans) else np.zeros((1, 2))
        length = ordered[:, 1] - ordered[:, 0]
        self._edges = ordered.ravel()
        self._sums = np.repeat(np.cumsum(length), 2)
        self._sums[0::2] -= length

    def before(self, times: Floats) -> Floats:
        """Seconds of the spans before each time."""
        return np.interp(times, self._edges, self._sums)

    def inside(self, spans: Floats) -> float:
        """Seconds of the spans that lie inside others, themselves disjoint."""
        return float((self.before(spans[:, 1]) - self.before(spans[:, 0])).sum())


def victims(line: Timeline, thread: int, spans: Floats) -> list[Late]:
    """Who was ready during `spans` of `thread` and had to wait, most late first."""
    mine = np.flatnonzero((line.thread == thread) & (line.late > LEAST_S))
    if not len(mine):
        return []
    late = held(spans, line.start[mine]) - held(spans, line.start[mine] - line.late[mine])
    hurt = late > LEAST_S
    kind, late, refs = line.kind[mine[hurt]], late[hurt], line.ref[mine[hurt]]
    order = np.argsort(kind, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(kind[order])) + 1) if len(order) else []
    parts.sort(key=lambda part: int(part[0]))
    grouped = [
        Late(int(refs[part[0]]), len(part), float(late[part].sum()), float(late[part].max()))
        for part in parts
    ]
    return sorted(grouped, key=lambda late: -late.late_s)


def waited_while(line: Timeline, thread: int, spans: Floats) -> float:
    """Seconds of `spans` during which at least one other step was ready."""
    mine = np.flatnonzero((line.thread == thread) & (line.late > LEAST_S))
    if not len(mine) or not len(spans):
        return 0.0
    ready = np.column_stack((line.start[mine] - line.late[mine], line.start[mine]))
    ready = ready[np.argsort(ready[:, 0])]
    # The union of the ready intervals, then how much of the spans lies inside it.
    reach = np.maximum.accumulate(ready[:, 1])
    new = np.ones(len(ready), bool)
    new[1:] = ready[1:, 0] > reach[:-1]
    starts = ready[new, 0]
    ends = np.append(reach[np.flatnonzero(new)[1:] - 1], reach[-1])
    return float((held(spans, ends) - held(spans, starts)).sum())
