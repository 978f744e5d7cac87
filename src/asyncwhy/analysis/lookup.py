"""Look-ups in columns that are too long for Python's own loops."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.timeline import Floats, Ints


class Latest:
    """Finds, among rows sorted by time, the latest one of a group (a thread, a task) up to a moment."""

    def __init__(self, group: Ints, time: Floats) -> None:
        self.time = time
        self.count = max(len(group), 1)
        self.order = np.argsort(group, kind="stable")
        self.keys = group[self.order] * self.count + self.order

    def before(self, group: Ints, time: Floats) -> Ints:
        """The last row of each `group` whose time is not after `time`; -1 where there is none."""
        return self._found(group, np.searchsorted(self.time, time, "right"))

    def last(self, group: Ints) -> Ints:
        """The last row of each `group`; -1 where it has none."""
        return self._found(group, np.full(len(group), self.count))

    def _found(self, group: Ints, until: Ints) -> Ints:
        if not len(self.keys):
            return np.full(len(group), -1)
        at = np.searchsorted(self.keys, group * self.count + until, "left") - 1
        row = self.order[np.maximum(at, 0)]
        same = (at >= 0) & (self.keys[np.maximum(at, 0)] // self.count == group)
        return np.where(same, row, -1)


def ranks(values: Floats) -> tuple[Floats, Ints]:
    """The values in order, and the place of each among them (equal ones share the first)."""
    ordered = np.sort(values)
    return ordered, np.searchsorted(ordered, values, "left")


def expand(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """(which range, place) for every place of the ranges low[i]..high[i]."""
    lengths = np.maximum(high - low, 0)
    which = np.repeat(np.arange(len(low)), lengths)
    begins = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return which, np.arange(len(which)) - begins + np.repeat(low, lengths)


def union(intervals: Floats) -> float:
    """Total length of the union of (n, 2) intervals."""
    if not len(intervals):
        return 0.0
    ordered = intervals[np.argsort(intervals[:, 0])]
    reach = np.maximum.accumulate(ordered[:, 1])
    gaps = np.maximum(ordered[1:, 0] - reach[:-1], 0.0).sum()
    return float(reach[-1] - ordered[0, 0] - gaps)


def disjoint(intervals: Floats) -> Floats:
    """The union of (n, 2) intervals, as intervals that do not overlap."""
    if not len(intervals):
        return np.zeros((0, 2))
    ordered = intervals[np.argsort(intervals[:, 0])]
    reach = np.maximum.accumulate(ordered[:, 1])
    first = np.flatnonzero(np.concatenate(([True], ordered[1:, 0] > reach[:-1])))
    made: Floats = np.column_stack((ordered[first, 0], reach[np.append(first[1:], len(reach)) - 1]))
    return made
