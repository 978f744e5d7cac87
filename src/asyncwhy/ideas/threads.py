"""What a run showed of threads: what ran on the loop's, what ran on others, and who sent it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas import placed
from asyncwhy.ideas.told import findings_of, listed
from asyncwhy.render.measures import count
from asyncwhy.render.whichthread import fold, how_many_threads, thread_names

if TYPE_CHECKING:
    from asyncwhy.model import Report

CAUSES = ("second-loop", "thread-per-task", "unsafe-wakeup", "offload-overhead", "gil-bound-threads")
_MOST = 6  # placements, told one by one


def seen(report: Report) -> tuple[str, ...]:
    """Each placement with who sent it there, and the findings about threads."""
    sent = placed.elsewhere(report)
    names = thread_names(report)
    if not sent and len(names) <= 1:
        stayed = f"Everything ran on {names[0]}. " if names else ""
        return (f"{stayed}Nothing was sent to another thread.", *findings_of(report, CAUSES))
    told = [f"{count(how_many_threads(report), 'thread')} ran the program's code.", *_stayed(report)]
    told += [placed.sentence(one, why=True) for one in sent[:_MOST]]
    if len(sent) > _MOST:
        told.append(f"{len(sent) - _MOST:,} more were sent elsewhere: asyncwhy report --format json")
    return (*told, *findings_of(report, CAUSES))


def _stayed(report: Report) -> list[str]:
    """What ran on the threads of loops, thread by thread."""
    on: dict[str, list[str]] = {}
    for one in placed.tasks(report):
        on.setdefault(fold(one.threads), []).append(f"`{placed.name(one)}`")
    return [
        f"On {threads}, where a loop runs: {listed(functions[:_MOST], max(len(functions) - _MOST, 0))}."
        for threads, functions in on.items()
    ]
