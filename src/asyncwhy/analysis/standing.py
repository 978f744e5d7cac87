"""Where each task stood while it waited, by the step that came next."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Ints, Timeline

#: A wait's row and the step that ended it agree to this (0.1 ms): the row's lengths are 32-bit floats.
NEAR_S = 1e-4
#: The functions in which a task that sleeps is suspended.
SLEEPS = frozenset(("sleep", "__sleep0", "checkpoint", "cancel_shielded_checkpoint"))


class Standing:
    """The recorded waits of a process; those shorter than a millisecond are not recorded."""

    def __init__(self, line: Timeline) -> None:
        rows = line.process.table("waits")
        rows = rows[np.argsort(rows["start"], kind="stable")]
        self._line = line
        self._starts = line.seconds(rows["start"])
        self._ends = self._starts + rows["wait_s"]
        self._stacks = rows["stack"].astype(np.int64)
        self._latest = Latest(rows["task"].astype(np.int64), self._starts)

    @cached_property
    def _steps(self) -> Latest:
        return Latest(self._line.ref, self._line.start)

    def after(self, task: int, time: float) -> int:
        """The stack on which a task waited after the step in which it did something; 0 where that is not known."""
        step = int(self._steps.before(np.array([task]), np.array([time + NEAR_S]))[0])
        end = float(self._line.end[step]) if step >= 0 else 0.0
        if step < 0 or end < time - NEAR_S or not len(self._stacks):
            return 0
        row = int(self._latest.before(np.array([task]), np.array([end + NEAR_S]))[0])
        return int(self._stacks[row]) if row >= 0 and self._starts[row] >= end - NEAR_S else 0

    def before(self, steps: Ints) -> Ints:
        """The stack on which the task of each step had waited until then; 0 where that is not known."""
        if not len(self._stacks) or not len(steps):
            return np.zeros(len(steps), np.int64)
        begins = self._line.start[steps]
        row = self._latest.before(self._line.ref[steps], begins)
        near = (row >= 0) & (np.abs(self._ends[np.maximum(row, 0)] - begins) < NEAR_S)
        made: Ints = np.where(near, self._stacks[np.maximum(row, 0)], 0)
        return made
