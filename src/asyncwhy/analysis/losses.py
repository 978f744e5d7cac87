"""Tasks whose work or error was lost, as the runtime told it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from asyncwhy.analysis.timeline import Timeline


class How(IntEnum):
    """By which way; the numbers are the agent's (`endings.py`)."""

    COLLECTED = 1  # garbage-collected while pending
    AT_EXIT = 2  # cancelled by the end of `asyncio.run`
    UNREAD = 3  # ended with an exception that nobody read
    AT_CLOSE = 4  # pending when its loop was closed


@dataclass(frozen=True, slots=True)
class Loss:
    """One lost task: `stack` is where it stood, or where its exception came up; `note` the exception's class,
    or the class of what it waited for; `left_s` what the timer it waited for still had to go (0: no timer);
    `in_run`: while its loop still ran."""

    task: int
    how: How
    time: float
    stack: int
    note: str
    left_s: float
    in_run: bool


def losses_of(line: Timeline) -> list[Loss]:
    """The losses in order of time; of a task that was left by a closed loop and then collected, the first."""
    made: list[Loss] = []
    left: set[int] = set()
    rows = line.process.table("losses")
    strings = line.process.strings
    for time, task, how, stack, note, left_s, _ in rows.tolist():
        if how not in tuple(How) or task not in line.tasks or (how == How.COLLECTED and task in left):
            continue
        if how == How.AT_CLOSE:
            left.add(task)
        at = (time - line.origin_ns) / 1e9
        in_run = any(run.start <= at <= run.until(line.ended) for run in line.loops)
        made.append(Loss(task, How(how), at, stack, strings.get(note, ""), left_s, in_run))
    return sorted(made, key=lambda loss: loss.time)
