"""What nobody records of the jobs of libuv's pool: the CPU that they took, and who waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asyncwhy.analysis.timeline import Timeline

if TYPE_CHECKING:
    from asyncwhy.analysis.jobs import Job

#: Jobs that compute all the while, by what the agent calls them; the others wait for a disk or for a name.
COMPUTES = frozenset(
    "pbkdf2 scrypt hkdf keygen keypairgen sign verify checkprime derivebits cipher hash zlib".split()
)


def complete(line: Timeline, jobs: list[Job]) -> None:
    """Fill in `cpu_s` of the jobs that compute (the cores are shared fairly), and `task` of those whose task never
    went on: `return pbkdf2(...)` hands the promise to whoever called."""
    places, cores = line.process.places, int(line.process.meta.get("cores", 1))
    computing = [job for job in jobs if job.code in places and places[job.code].site.function in COMPUTES]
    spans = np.array([(job.start or 0.0, job.end or job.start or 0.0) for job in computing]).reshape(-1, 2)
    edges = np.sort(spans.ravel())
    at_once = np.searchsorted(np.sort(spans[:, 0]), edges, "right") - np.searchsorted(
        np.sort(spans[:, 1]), edges, "right"
    )
    share = np.minimum(1.0, cores / np.maximum(at_once, 1))
    clock = np.concatenate(([0.0], np.cumsum(np.diff(edges) * share[:-1]))) if len(edges) else edges
    for job, (start, end) in zip(computing, spans.tolist(), strict=True):
        low, high = np.interp((start, end), edges, clock)
        job.cpu_s = float(high - low)
    last = dict(zip(line.ref.tolist(), line.start.tolist(), strict=True))
    for job in jobs:
        while job.task in line.tasks and last.get(job.task, 0.0) <= job.submitted:
            job.task = line.tasks[job.task].parent
