"""Jobs of pools in whose queue the tasks stand themselves: the limiters of trio and anyio.

Such a task waits for its turn, hands its job to a thread in a step of its own, and waits again.  The replay
lets the job do the queueing, as with every other pool; the step in between then takes no time.
"""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.jobs import Job, pools_of
from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Floats, Ints, Timeline


def limited(line: Timeline) -> set[int]:
    """The numbers of those pools."""
    return {number for number, pool in pools_of(line).items() if pool.is_limiter}


def handed(line: Timeline, jobs: list[Job]) -> list[float]:
    """When each job left its task: when it was its turn, or else when it was submitted."""
    own = limited(line)
    return [job.start if job.pool in own and job.start is not None else job.submitted for job in jobs]


def taken(line: Timeline, jobs: list[Job], latest: Latest, start: Floats) -> Ints:
    """The nodes in which tasks, their turn come, handed on jobs that had queued; `start` is that of every node."""
    own = limited(line)
    begun = [
        (job.task, job.submitted, job.start) for job in jobs if job.pool in own and job.start is not None
    ]
    task = np.array([one[0] for one in begun], np.int64)
    submitted = np.array([one[1] for one in begun], np.float64)
    node = latest.before(task, np.array([one[2] for one in begun], np.float64))
    return node[(node >= 0) & (start[node] > submitted)]
