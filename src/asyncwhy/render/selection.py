"""Which lanes are drawn, and what is said of those that are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncwhy.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncwhy.model import Lane, Report

MOST_LANES = 8
_MOST_WORKERS = 3  # lanes of threads and pools, where tasks compete for the room
_IDLE_PARENT = 0.01  # of the run: a task that lost less, and only awaits its children, is not drawn
_MATTERS = 0.1  # of what the hardest hit lane lost: lanes from here on stand for all
_OUTSTANDING = 2.0  # times the median of holding: such a lane is not like the others
_NUMBERING = re.compile(r"[\s\d().,#-]+$")


@dataclass(frozen=True, slots=True)
class Row:
    """A lane, or a note on lanes that are folded into the one above."""

    lane: Lane | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    lane: Lane
    held_s: float  # on the loop, or on its thread
    waited_s: float  # ready or queued

    @property
    def lost_s(self) -> float:
        return self.held_s + self.waited_s


def rows(report: Report) -> list[Row]:
    """Return at most eight lanes in their own order, tasks first, with notes on the others."""
    parents = {(lane.process, lane.parent) for lane in report.schedule.lanes if lane.parent is not None}
    tasks: list[_Candidate] = []
    workers: list[_Candidate] = []
    for lane in report.schedule.lanes:
        candidate = _candidate(lane)
        if lane.kind != "task":
            workers.append(candidate)
        elif candidate.lost_s >= _IDLE_PARENT * report.wall_s or (lane.process, lane.name) not in parents:
            tasks.append(candidate)
    workers = [worker for worker in workers if worker.lost_s > 0]
    room = MOST_LANES - min(len(workers), _MOST_WORKERS if tasks else MOST_LANES)
    return _fold(tasks, room, "task") + _fold(workers, MOST_LANES - min(len(tasks), room), "thread")


def _candidate(lane: Lane) -> _Candidate:
    held_s = waited_s = 0.0
    for span in lane.spans:
        if span.state in (State.HOLDS, State.RUNNING):
            held_s += span.end_s - span.start_s
        elif span.state in (State.READY, State.QUEUED):
            waited_s += span.end_s - span.start_s
    return _Candidate(lane, held_s, waited_s)


def _choose(candidates: Sequence[_Candidate], room: int) -> list[int]:
    """Return the places of the lanes to draw.

    Those that held far longer than is usual come first; the rest of the room goes to lanes spread
    evenly over those that matter, so that a hundred tasks in a row look like a hundred in a row.
    """
    if len(candidates) <= room:
        return list(range(len(candidates)))
    by_held = sorted(range(len(candidates)), key=lambda index: -candidates[index].held_s)
    usual = candidates[by_held[len(by_held) // 2]].held_s
    kept = [i for i in by_held[: room // 2] if candidates[i].held_s > _OUTSTANDING * usual]
    most = max(candidate.lost_s for candidate in candidates)
    others = [
        index
        for index, candidate in enumerate(candidates)
        if index not in kept and candidate.lost_s >= _MATTERS * most
    ]
    kept += _spread(others, room - len(kept))
    left = sorted(set(range(len(candidates))).difference(kept), key=lambda index: -candidates[index].lost_s)
    return sorted([*kept, *left[: room - len(kept)]])


def _spread(items: Sequence[int], room: int) -> list[int]:
    if len(items) <= room:
        return list(items)
    if room < 2:
        return list(items[:room])
    return [items[round(at * (len(items) - 1) / (room - 1))] for at in range(room)]


def _fold(candidates: Sequence[_Candidate], room: int, noun: str) -> list[Row]:
    kept = _choose(candidates, room)
    if not kept:
        return []
    shown: list[Row] = []
    for index in kept:
        lane = candidates[index].lane
        shown.append(Row(lane))
        if lane.like and index != kept[-1]:
            shown.append(Row(None, f"+ {lane.like:,} like {lane.name}"))
    last = candidates[kept[-1]].lane
    hidden = [candidates[index].lane for index in set(range(len(candidates))).difference(kept)]
    like, more = last.like, sum(1 + lane.like for lane in hidden)
    if _alike(last, hidden):
        like, more = like + more, 0
    if like:
        shown.append(Row(None, f"+ {like:,} like {last.name}"))
    if more:
        shown.append(Row(None, f"+ {more:,} more {noun if more == 1 else noun + 's'}"))
    return shown


def _alike(lane: Lane, others: Iterable[Lane]) -> bool:
    """Whether the names differ in their numbering only."""
    kind = _NUMBERING.sub("", lane.name)
    return all(_NUMBERING.sub("", other.name) == kind for other in others)
