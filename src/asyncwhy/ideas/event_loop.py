"""What a run showed of its event loops: on which threads, how many steps, how long the longest, how late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas.told import MOST, findings_of, short
from asyncwhy.render.measures import count

if TYPE_CHECKING:
    from asyncwhy.model import Loop, Report

CAUSES = (
    "blocking-call",
    "cpu-on-loop",
    "gil-held",
    "many-small-holds",
    "loop-saturated",
    "self-wait",
    "second-loop",
    "unsafe-wakeup",
    "loop-misconfigured",
)


def seen(report: Report) -> tuple[str, ...]:
    """The loops of a run, the busiest first, and the findings about them."""
    if not report.loops:
        return ("No event loop ran in it, so there is nothing to tell.",)
    busiest = sorted(report.loops, key=lambda loop: -loop.steps)
    told = [sentence for loop in busiest[:MOST] for sentence in _loop(report, loop)]
    if len(busiest) > 1:
        told.insert(0, f"{count(len(busiest), 'event loop')} ran; the busiest:")
    return (*told, *findings_of(report, CAUSES))


def _loop(report: Report, loop: Loop) -> tuple[str, ...]:
    kind = loop.implementation.partition(".")[0]
    process = f" of process {loop.process}" if report.program.processes > 1 else ""
    ran = (
        f"A loop of {kind} ran on {loop.thread}{process}: {count(loop.steps, 'step')} that took {short(loop.held_s)} in all; "
        f"for {short(loop.idle_s)} it had nothing to do."
    )
    if not loop.steps:
        return (ran,)
    late = (
        f"Its longest step took {short(loop.longest_hold_s)}; until it ended, nothing else could run on that loop. "
        f"Half of its steps began within {short(loop.lag_p50_s)} of when they could, "
        f"99 of 100 within {short(loop.lag_p99_s)}."
    )
    return ran, late
