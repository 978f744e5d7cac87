"""What a loop itself takes from one step to the next: its queue, a look at its sockets, and its wait for a core."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.timeline import Floats, Timeline

#: A loop that goes straight on takes less than this, a look at its sockets included.
STRAIGHT_S = 5e-5
#: Where it is known that it did not idle in between, the system may have given its core to another program: for
#: less than this (Linux: a few time slices of at most 4 ms).
TAKEN_S = 0.02


def between_steps(line: Timeline) -> Floats:
    """Of every step, the seconds for which its loop was busy before it and after the one before; 0 where it idled."""
    made = np.zeros(len(line.start))
    threads = np.array([run.thread for run in line.loops])
    begins = np.array([run.start for run in line.loops])
    for thread in np.unique(line.thread).tolist():
        own = np.flatnonzero(line.thread == thread)
        low, high = line.end[own][:-1], line.start[own][1:]
        gap = high - low
        idle = line.idle_thread == thread
        if idle.any():
            idles = Held(np.column_stack((line.idle_start[idle], line.idle_end[idle])))
            busy = (idles.before(high) - idles.before(low) <= 0) & (gap < TAKEN_S)
        else:
            busy = gap < STRAIGHT_S
        runs = np.sort(begins[threads == thread])
        begun = np.searchsorted(runs, high, "right") > np.searchsorted(runs, low, "right")
        made[own[1:]] = np.where((gap > 0) & busy & ~begun, gap, 0.0)
    return made
