"""What another thread put into a loop without the thread-safe call: when the loop noticed, and how late.

Such a call does not wake a loop that sleeps in its selector.  What the loop meanwhile ran it would have run
before the call anyway; only what it slept is lateness of this kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.lateness import held
from asyncwhy.analysis.timeline import Ints, LoopRun, Timeline

#: A step belongs to a touch if its handle was scheduled within this of it: the same clock reading, but for
#: the 24 bits in which a step's lag is kept.
SAME_S = 2e-6


@dataclass(frozen=True, slots=True)
class Touch:
    """One such call: from thread `by`, for the loop on `thread`; the loop slept `late_s` before it ran `step`
    (-1: it never did)."""

    time: float
    by: int
    thread: int
    stack: int
    step: int
    late_s: float

    @property
    def noticed(self) -> float:
        """When the loop would have come to it if it had been woken, plus what it slept."""
        return self.time + self.late_s


def resolve(line: Timeline) -> list[Touch]:
    """The touches in order; the steps that they caused count as ready from when the loop woke."""
    rows = line.process.table("touches")
    made: list[Touch] = []
    if not len(rows):
        return made
    times = line.seconds(rows["time"])
    order = np.argsort(times, kind="stable")
    for index in order.tolist():
        run = _run_of(line, int(rows["loop"][index]), float(times[index]))
        if run is not None:
            made.append(
                _touch(line, run, float(times[index]), int(rows["thread"][index]), int(rows["stack"][index]))
            )
    for touch in made:
        if touch.step >= 0:
            line.lag[touch.step] = max(line.lag[touch.step] - touch.late_s, 0.0)
    return made


def _run_of(line: Timeline, loop: int, time: float) -> LoopRun | None:
    for run in line.loops:
        if run.loop == loop and run.start <= time <= run.until(line.ended):
            return run
    return None


def _touch(line: Timeline, run: LoopRun, time: float, by: int, stack: int) -> Touch:
    mine = np.flatnonzero(line.thread == run.thread)
    ready = line.start[mine] - line.lag[mine]
    found = np.flatnonzero(line.foreign[mine] & (np.abs(ready - time) <= SAME_S + 2e-7 * line.lag[mine]))
    step = int(mine[found[0]]) if len(found) else -1
    until = float(line.start[step]) if step >= 0 else run.until(line.ended)
    spans = np.column_stack((line.start[mine], line.end[mine]))
    busy = held(spans, np.array([time, until]))
    return Touch(time, by, run.thread, stack, step, max(until - time - float(busy[1] - busy[0]), 0.0))


def woken(line: Timeline, touch: Touch) -> Ints:
    """The steps of tasks that went on because of the touch."""
    if touch.step < 0:
        return np.zeros(0, np.int64)
    when = float(line.start[touch.step] - line.lag[touch.step])
    caused = line.root_foreign & (np.abs(line.when - when) < 1e-9) & (line.thread == touch.thread)
    if not line.is_task[touch.step]:  # what a task then does is its own doing
        caused |= line.root == touch.step
    caused[touch.step] = True
    return np.flatnonzero(caused)
