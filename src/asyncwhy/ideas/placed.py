"""Which of a report's placements were tasks, jobs of a pool, or threads; and how one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas.told import place
from asyncwhy.model import Role
from asyncwhy.render.measures import seconds, times
from asyncwhy.render.whichthread import fold

if TYPE_CHECKING:
    from asyncwhy.model import Placement, Report

_PROCESS = "a worker process"
_SOMEHOW = "submit"  # how a job was sent that went through no call known by name


def tasks(report: Report) -> list[Placement]:
    """What ran as a task: on the thread of a loop, whoever sent that loop there."""
    loops = {loop.thread for loop in report.loops}
    names = {lane.name.rpartition(" ")[2] for lane in report.schedule.lanes if lane.kind == "task"}

    def is_task(placement: Placement) -> bool:
        # A job that starts a loop stands on the thread of that loop too; it has no lane of a task.
        sent = placement.sent_by is not None
        return set(placement.threads) <= loops and not (sent and _name(placement) not in names)

    return [one for one in report.placements if one.threads and is_task(one)]


def elsewhere(report: Report) -> list[Placement]:
    """What somebody sent to another thread or process, most time first."""
    own = tasks(report)
    return sorted((one for one in report.placements if one not in own), key=lambda one: -one.run_s)


def jobs(report: Report) -> list[Placement]:
    """Of that, what went to a pool: not the threads that a program starts for itself."""
    by_hand = {one.name for one in report.threads if one.role is Role.USER and one.os_id}
    return [one for one in elsewhere(report) if not by_hand & set(one.threads)]


def name(placement: Placement) -> str:
    """The function as a person knows it."""
    return placement.function.replace(".<locals>", "")


def _name(placement: Placement) -> str:
    return placement.function.rpartition(".")[2]


def sentence(placement: Placement, *, why: bool = False) -> str:
    """What ran where, how often, for how long, and who sent it there."""
    told = f"`{name(placement)}` ran {times(placement.count)}{_where(placement)}"
    if placement.run_s > 0:
        told += f", {seconds(placement.run_s)} in all"
    if in_processes(placement):
        told += " from call to result"
    by = f" by `{placement.how}`" if placement.how and placement.how != _SOMEHOW else ""
    at = f" at {place(placement.sent_by.site, function=True)}" if placement.sent_by else ""
    told += f", sent there{by}{at}" if by or at else ""
    return told + (f": {placement.why.rstrip('.')}." if why and placement.why else ".")


def in_processes(placement: Placement) -> bool:
    """Whether worker processes ran it: how long its jobs stood in the queue is then not known."""
    return bool(placement.threads) and all(one.startswith(_PROCESS) for one in placement.threads)


def _where(placement: Placement) -> str:
    if not placement.threads:
        return " on no thread that was seen"
    return f" {'in' if in_processes(placement) else 'on'} {fold(placement.threads)}"
