"""The small picture: a time axis, at most eight lanes, and what the signs mean."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING

from asyncwhy.model import Lane, Report, State
from asyncwhy.render import selection
from asyncwhy.render.page import Ink, Page, Piece
from asyncwhy.render.text import cells, pad, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORTEST_S = 1e-6  # no run is shorter; such a number is not one that was measured
_SLIVER = 0.34  # of a cell: less than this is not drawn as a longer bar of its neighbour's state
_LEGEND = {
    State.HOLDS: ("█", "holds the event loop", Ink.HOLDS),
    State.READY: ("░", "ready, cannot start", Ink.READY),
    State.AWAITING: ("─", "awaiting", Ink.FAINT),
    State.RUNNING: ("▓", "runs on another thread", Ink.RUNNING),
    State.QUEUED: ("·", "queued for a worker", Ink.READY),
}
_ALWAYS = (State.HOLDS, State.READY, State.AWAITING)
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)


def draw(page: Page, report: Report) -> None:
    """Draw the lanes that matter, or nothing where there are none."""
    rows = selection.rows(report)
    shown = [row.lane for row in rows if row.lane is not None]
    end_s = max(chain((report.wall_s,), (s.end_s for lane in shown for s in lane.spans)), default=0.0)
    if not shown or not _SHORTEST_S < end_s < math.inf:
        return
    several = len({lane.process for lane in shown}) > 1
    names = [page.clean(f"{lane.name} [{lane.process}]" if several else lane.name) for lane in shown]
    left = 2 + _name_width(page, names) + 2
    step_s, scale = _axis(end_s, page.width - left - 3)
    columns = max(1, math.ceil(end_s * scale - 1e-9))
    page.blank()
    page.add(" " * left, (_ticks(step_s, scale, end_s, page.width - left), Ink.FAINT))
    for row in rows:
        if row.lane is None:
            page.add("  ", (shorten(page.clean(row.note), page.width - 2), Ink.FAINT))
        else:
            page.add("  " + pad(shorten(names.pop(0), left - 4), left - 2), *_bar(row.lane, scale, columns))
    _legend(page, left, {span.state for lane in shown for span in lane.spans})


def _name_width(page: Page, names: Sequence[str]) -> int:
    longest = max(map(cells, names))
    return min(longest, 10) if page.narrow else min(max(longest, 14), page.width // 4)


# --- the axis


def _axis(end_s: float, room: int) -> tuple[float, float]:
    """Return seconds per tick, and columns per second such that a tick is a whole number of columns."""
    smallest = 10.0 ** math.floor(math.log10(end_s / room))
    below = (smallest * factor * base for base in (1, 10, 100) for factor in (1, 2, 5))
    above = (60.0 * 60 * 24 * 2**power for power in range(40))
    for step_s in chain((step for step in below if step < 1), map(float, _STEPS), above):
        columns = step_s / end_s * room
        if columns >= max(8, len(_tick(step_s * 9)) + 3):
            return step_s, min(math.floor(columns), room) / step_s
    return end_s, room / end_s


def _tick(at_s: float) -> str:
    if at_s == 0:
        return "0s"
    if at_s < 0.0995:
        return f"{at_s * 1000:.3g}ms"
    if at_s < 120:
        return f"{at_s:.4g}s"
    return f"{at_s / 60:.4g}min" if at_s < 7200 else f"{at_s / 3600:,.4g}h"


def _ticks(step_s: float, scale: float, end_s: float, room: int) -> str:
    line = ""
    for index in range(int(end_s / step_s + 1e-6) + 1):
        at = round(index * step_s * scale)
        label = _tick(index * step_s)
        if at + len(label) <= room and (not line or at > len(line)):
            line = line.ljust(at) + label
    return line


# --- the bars


def _bar(lane: Lane, scale: float, columns: int) -> list[Piece]:
    """Return the lane's cells, one piece per state; a cell shows the state that fills most of it."""
    drawn = _fill(lane, scale, columns)
    for index, (state, share) in enumerate(drawn):
        beside = [drawn[at] for at in (index - 1, index + 1) if 0 <= at < columns]
        if share < _SLIVER and any(state is other and full > 1 - _SLIVER for other, full in beside):
            drawn[index] = (State.IDLE, 0.0)
    states = [state for state, _ in drawn]
    _show_the_end(lane, states)
    pieces: list[Piece] = []
    start = 0
    for index in range(1, columns + 1):
        if index == columns or states[index] is not states[start]:
            sign, _, ink = _LEGEND.get(states[start], (" ", "", Ink.PLAIN))
            pieces.append((sign * (index - start), ink))
            start = index
    return pieces


def _fill(lane: Lane, scale: float, columns: int) -> list[tuple[State, float]]:
    """Return for every cell the state that fills most of it, and how much (0 to 1)."""
    # By identity: to hash a member of an enumeration is a call of Python code, and spans may be many.
    filled = {id(state): [0.0] * columns for state in State}
    last = columns - 1e-6
    for span in lane.spans:
        start, end = span.start_s * scale, span.end_s * scale
        if not -math.inf < start + end < math.inf:
            continue
        start = min(max(start, 0.0), last)
        end = min(max(end, start + 1e-9), float(columns))
        cells_of_state = filled[id(span.state)]
        first = int(start)
        if end <= first + 1:  # by far the most, where there are many
            cells_of_state[first] += end - start
            continue
        for index in range(first, min(math.ceil(end), columns)):
            cells_of_state[index] += min(end, index + 1) - max(start, index)
    del filled[id(State.IDLE)]
    shown = [state for state in State if state is not State.IDLE]
    return [_strongest(shown, shares) for shares in zip(*filled.values(), strict=True)]


def _strongest(states: Sequence[State], shares: Sequence[float]) -> tuple[State, float]:
    most = max(shares)
    return (states[shares.index(most)] if most > 0 else State.IDLE), most


def _show_the_end(lane: Lane, states: list[State]) -> None:
    """A task ends with a step, too short to fill a cell; without it a long wait would seem unfinished."""
    used = [index for index, state in enumerate(states) if state is not State.IDLE]
    if len(used) > 1 and lane.spans[-1].state is State.HOLDS:
        states[used[-1]] = State.HOLDS


def _legend(page: Page, left: int, used: set[State]) -> None:
    left = 2 if page.narrow else left
    pieces: list[Piece] = []
    room = page.width - left
    for state, (sign, words, ink) in _LEGEND.items():
        if state not in used and state not in _ALWAYS:
            continue
        width = len(words) + 2
        if pieces and room < width + 3:
            page.add(" " * left, *pieces)
            pieces, room = [], page.width - left
        gap = "   " if pieces else ""
        room -= width + len(gap)
        pieces += [(gap, Ink.PLAIN), (sign, ink), (" " + words, Ink.FAINT)]
    page.add(" " * left, *pieces)
