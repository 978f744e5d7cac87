"""What a run showed of concurrency and of parallelism: both figures, what they mean, what kept them low."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas.told import findings_of
from asyncwhy.render.measures import count, seconds

if TYPE_CHECKING:
    from asyncwhy.model import Parallelism, Report

CAUSES = (
    "sequential-awaits",
    "await-in-loop",
    "blocking-call",
    "cpu-on-loop",
    "many-small-holds",
    "ran-inline",
    "second-loop",
    "serialised-by-lock",
    "concurrency-limit",
    "serial-dispatch",
    "pool-saturated",
    "gil-held",
    "gil-bound-threads",
    "oversubscribed",
)


def seen(report: Report) -> tuple[str, ...]:
    """How many tasks made progress at once, how many cores were used, and the findings about either."""
    told = [_concurrency(report)]
    if report.parallelism.cores > 0:
        told.append(_parallelism(report.parallelism, report.wall_s))
    if report.pace.waited_s > 0:
        waited = seconds(report.pace.waited_s)
        told.append(f"Its tasks waited {waited} in all for the loop, for workers, locks and limits.")
    return (*told, *findings_of(report, CAUSES))


def _concurrency(report: Report) -> str:
    one = report.concurrency
    if one.achieved <= 0:
        return "Concurrency: no task was under way, so there is none to tell of."
    told = f"Concurrency: while any task was under way, {one.achieved:.1f} made progress on average"
    if one.possible >= one.achieved * 1.05:
        return f"{told}; without the findings it would be {one.possible:.1f}."
    return f"{told}."


def _parallelism(one: Parallelism, wall_s: float) -> str:
    told = (
        f"Parallelism: {seconds(one.cpu_s)} of CPU in {seconds(wall_s)}, so {one.cores_used:.1f} of "
        f"{count(one.cores, 'core')} on average."
    )
    if one.cores_used < 0.1:
        return f"{told} It hardly computed: more cores would not make it faster."
    if one.cores_used >= 0.8 * one.cores:
        return f"{told} The cores were full: more tasks at once would not make it faster."
    return told
