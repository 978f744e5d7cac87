"""Whether a task went on from one wait to the next without waiting for anything in between.

Waits shorter than a millisecond are not recorded, steps are.  A task that only lets others run (`sleep(0)`, a
checkpoint) makes itself ready again, in the very step in which it gives way.
"""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.timeline import Bools, Floats, Timeline

#: Durations are 32-bit floats, and a wait's end is not read at the same moment as its step's beginning.
SLACK_S = 2e-5


class Unbroken:
    """Asks a timeline; what it works out for a task is kept."""

    def __init__(self, line: Timeline) -> None:
        self.line = line
        self._own: dict[int, tuple[Floats, Bools]] = {}

    def between(self, task: int, since: float, until: float) -> bool:
        """Whether the task, which could go on at `since`, came to the wait that began at `until` of its own accord."""
        starts, by_itself = self._steps(task)
        first = int(np.searchsorted(starts, since - SLACK_S))
        last = int(np.searchsorted(starts, until + SLACK_S))
        return first < last and bool(by_itself[first + 1 : last].all())

    def _steps(self, task: int) -> tuple[Floats, Bools]:
        """When each step of the task began, and whether it was the task itself that made it ready."""
        if task not in self._own:
            line = self.line
            own = np.flatnonzero(line.ref == task)
            root = line.root[own]
            by_itself = (root >= 0) & (line.ref[np.maximum(root, 0)] == task)
            self._own[task] = line.start[own], by_itself
        return self._own[task]
