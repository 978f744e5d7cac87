"""When more threads wanted to run than there are cores: of the program itself, not of the machine.

What a thread wants is its CPU time and what it stood ready in the system's run queue, between two readings
of its clocks.  Threads that wait for the GIL want nothing: they sleep.  Another program on the machine makes
threads wait, but it does not make more of the program's own want to run at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.holds import Samples
from asyncwhy.analysis.timeline import Floats

#: Seconds of one stretch; the sampler reads 80 computing threads every 30 to 50 ms.
STRETCH_S = 0.05


@dataclass
class Crowding:
    """`wanted` is the number of threads that wanted to run in each stretch; `spans` those in which they were
    `times` as many as the cores or more; `by_thread` the seconds that each wanted during those."""

    wanted: Floats
    spans: Floats
    by_thread: dict[tuple[int, int], float]

    @property
    def seconds(self) -> float:
        """How long it lasted in all."""
        return float((self.spans[:, 1] - self.spans[:, 0]).sum())


def crowding(facts: Facts, times: float) -> Crowding | None:
    """The crowded stretches of a run; None if there were none, or nothing tells (no `/proc`)."""
    cores = max((process.cores for process in facts.processes), default=1)
    count = int(facts.wall_s / STRETCH_S) + 2
    wanted = np.zeros(count)
    each: dict[tuple[int, int], Floats] = {}
    for process in facts.processes:
        for thread, samples in process.samples.items():
            if not samples.delay.any():
                continue
            own = _wanted(samples, count)
            each[process.process.index, thread] = own
            wanted += own
    wanted /= STRETCH_S
    crowded = wanted >= times * cores  # a mean: bursts shorter than a stretch do not count
    if not crowded.any():
        return None
    edges = np.flatnonzero(np.diff(np.concatenate(([False], crowded, [False])).astype(np.int8)))
    spans: Floats = edges.reshape(-1, 2).astype(np.float64) * STRETCH_S
    return Crowding(wanted, spans, {key: float(own[crowded].sum()) for key, own in each.items()})


def _wanted(samples: Samples, count: int) -> Floats:
    """Seconds that a thread ran or stood in the run queue, in each stretch of the run."""
    clock = np.concatenate(([0.0], samples.cpu_first + samples.delay))
    times = np.concatenate(([max(float(samples.first[0]) - float(clock[1]), 0.0)], samples.first))
    clock = np.maximum.accumulate(clock)
    # No thread wants more than all of the time: a clock read late must not count twice.
    clock[1:] = clock[0] + np.cumsum(np.minimum(np.diff(clock), np.maximum(np.diff(times), 0.0)))
    grid = np.arange(count + 1) * STRETCH_S
    made: Floats = np.diff(np.interp(grid, times, clock))
    return made


def delayed(process: ProcessFacts, thread: int, spans: Floats) -> float:
    """Seconds that a thread stood in the run queue during `spans`."""
    samples = process.samples.get(thread)
    if samples is None or len(samples.first) < 2:
        return 0.0
    edges = np.interp(spans, samples.first, np.maximum.accumulate(samples.delay))
    return float((edges[:, 1] - edges[:, 0]).sum())
