"""What others suffered while a loop was held: who was ready, and how late it was taken up."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.timeline import Floats, Ints, Timeline

#: Lateness below this (0.5 ms) is the loop's own pace, not suffering.
LEAST_S = 0.0005


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


def late_steps(line: Timeline, thread: int, spans: Floats) -> tuple[Ints, Floats]:
    """The steps that were ready during `spans` of `thread` and had to wait, and how many seconds of them."""
    mine = np.flatnonzero((line.thread == thread) & (line.late > LEAST_S))
    if not len(mine):
        return mine, np.zeros(0)
    late = held(spans, line.start[mine]) - held(spans, line.start[mine] - line.late[mine])
    return mine[late > LEAST_S], late[late > LEAST_S]


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
