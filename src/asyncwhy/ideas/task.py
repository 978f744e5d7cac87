"""What a run showed of its tasks: how many, of which functions, and what the longest did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas import placed
from asyncwhy.ideas.told import findings_of, listed
from asyncwhy.model import Lane, State
from asyncwhy.render.measures import count, seconds

if TYPE_CHECKING:
    from asyncwhy.model import Placement, Report

CAUSES = ("never-awaited", "sequential-awaits", "await-in-loop", "ran-inline", "task-lost")
_NAMED = 4  # functions told by name
_DRAWN = 0.002  # of the run: what is shorter is joined to its neighbours in the picture that is read here
_KEPT_WAITING = 0.01  # of the run, from which on it is worth a sentence


def seen(report: Report) -> tuple[str, ...]:
    """The tasks of a run, the longest of them, and the findings about how they were made and awaited."""
    lanes = [lane for lane in report.schedule.lanes if lane.kind == "task"]
    number = sum(1 + lane.like for lane in lanes)
    if not number:
        return ("No task of the program's own ran in it.", *findings_of(report, CAUSES))
    told = [f"{count(number, 'task')} of the program's own ran{_functions(placed.tasks(report))}."]
    told += _stories(lanes, report.wall_s)
    return (*told, *findings_of(report, CAUSES))


def _functions(tasks: list[Placement]) -> str:
    if not tasks:
        return ""
    often = sorted(tasks, key=lambda one: -one.count)
    named = [f"`{placed.name(one)}`" + (f" x {one.count:,}" if one.count > 1 else "") for one in often]
    return ": " + listed(named[:_NAMED], max(len(named) - _NAMED, 0))


def _stories(lanes: list[Lane], wall_s: float) -> list[str]:
    """Of the task that lasted longest (one that started no others, if there is one), and of the one that had to
    wait longest for its turn."""
    parents = {(lane.process, lane.parent) for lane in lanes}
    drawn = [lane for lane in lanes if lane.spans]
    leaves = [lane for lane in drawn if (lane.process, lane.name) not in parents] or drawn
    if not leaves:
        return []
    longest = max(leaves, key=_lasted)
    told = [f"The longest, {longest.name}, lasted {seconds(_lasted(longest))}{_spent(longest, wall_s)}."]
    latest = max(drawn, key=lambda lane: _in(lane, State.READY))
    if latest is not longest and _in(latest, State.READY) >= _KEPT_WAITING * wall_s:
        told.append(f"{latest.name} was ready for {seconds(_in(latest, State.READY))} before its turns came.")
    return told


def _spent(lane: Lane, wall_s: float) -> str:
    words = {State.HOLDS: "ran", State.AWAITING: "awaited", State.READY: "was ready and not taken up"}
    spent = {word: _in(lane, state) for state, word in words.items()}
    told = [f"{word} for {seconds(length)}" for word, length in spent.items() if length >= _DRAWN * wall_s]
    return f": it {listed(told)}" if told else ""


def _in(lane: Lane, state: State) -> float:
    return sum(span.end_s - span.start_s for span in lane.spans if span.state is state)


def _lasted(lane: Lane) -> float:
    return lane.spans[-1].end_s - lane.spans[0].start_s
