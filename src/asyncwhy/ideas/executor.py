"""What a run showed of its pools: which jobs went there, who sent them, and how long they stood in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas import placed
from asyncwhy.ideas.told import MOST, findings_of
from asyncwhy.render.measures import count, seconds

if TYPE_CHECKING:
    from asyncwhy.model import Placement, Report

CAUSES = ("pool-saturated", "pool-deadlock", "gil-bound-threads", "offload-overhead", "oversubscribed")


def seen(report: Report) -> tuple[str, ...]:
    """The jobs of a run by who sent them, those that took most time first, and the findings about pools."""
    jobs = placed.jobs(report)
    if not jobs:
        return ("It sent no job to a pool, of threads or of processes.", *findings_of(report, CAUSES))
    told = [f"{count(sum(one.count for one in jobs), 'job')} went to pools."]
    told += [_job(one) for one in jobs[:MOST]]
    if len(jobs) > MOST:
        told.append(f"{count(len(jobs) - MOST, 'more kind')} of job: asyncwhy report")
    return (*told, *findings_of(report, CAUSES))


def _job(job: Placement) -> str:
    told = placed.sentence(job)
    if placed.in_processes(job):
        return told
    if not job.queued:
        return f"{told} None waited for a worker."
    mean = seconds(job.queued_s / job.queued)
    return f"{told} {job.queued:,} of them waited for a worker, {mean} on average."
