"""What a run showed of switching: steps and how short they were, trips to other threads and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas import placed
from asyncwhy.ideas.told import findings_of, short
from asyncwhy.model import Role
from asyncwhy.render.measures import count, seconds

if TYPE_CHECKING:
    from asyncwhy.model import Report

CAUSES = ("offload-overhead", "oversubscribed", "busy-wait", "many-small-holds", "loop-saturated")
#: What a trip to a thread and back costs at most: 18 to 95 µs, by the machine's mood (the page has the figures).
TRIP_S = 0.0001
_WORTH = 0.05  # of the run: what other threads computed, before it is worth a word


def seen(report: Report) -> tuple[str, ...]:
    """The steps of a run and its handoffs, and the findings about either."""
    told = [_steps(report), _trips(report), *_beside(report)]
    return (*told, *findings_of(report, CAUSES))


def _steps(report: Report) -> str:
    steps = sum(loop.steps for loop in report.loops)
    if not steps or report.wall_s <= 0:
        return "No event loop took a step in it."
    mean = sum(loop.held_s for loop in report.loops) / steps
    return (
        f"Its loops took {count(steps, 'step')} in {seconds(report.wall_s)}, {steps / report.wall_s:,.0f} a second; "
        f"a step lasted {short(mean)} on average."
    )


def _trips(report: Report) -> str:
    jobs = placed.jobs(report)
    number = sum(one.count for one in jobs)
    if not number:
        return "No job went to another thread or process and back."
    mean = sum(one.run_s for one in jobs) / number
    told = f"{count(number, 'job')} went to another thread or process and back, and ran for {short(mean)} on average"
    return f"{told}: no longer than the trip itself may take." if mean <= TRIP_S else f"{told}."


def _beside(report: Report) -> tuple[str, ...]:
    """What other threads computed in Python while a loop waited for the GIL."""
    others = [one for one in report.threads if one.role in (Role.POOL_WORKER, Role.USER)]
    cpu_s = sum(one.cpu_s for one in others)
    python = report.program.runtime in ("python", "cpython")
    if not python or not report.loops or cpu_s < _WORTH * report.wall_s:
        return ()
    used = f"Beside the loop, {count(len(others), 'other thread')} used {seconds(cpu_s)} of CPU."
    late = "Where they computed in Python, the loop may have waited for the GIL, up to 5 ms each time."
    return (f"{used} {late}",)
