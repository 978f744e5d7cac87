"""Runs of loops as stretches: what was there together when the loop came to take it.

What a `for` runs over is there from the beginning.  What others bring, to an `async for` or to a `while` that awaits
its next item, was there if the loop waited for nothing between two of its turns: whoever brings it did not wait for
what the turn before did, and it had to wait for that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from heapq import heapreplace

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.overlap import Branch, Overlaps
from asyncwhy.analysis.rewiring import Rewiring
from asyncwhy.causes.overlapping import Executed, Turns

#: So many turns at once are advised and predicted: the changes of this kind that projects kept were bounded
#: by 4 to 8, and those without a bound were taken back for exhausted pools and HTTP 429.
AT_ONCE = 8
#: An item was taken from a channel that is known if it was within this of a turn's beginning.
NEAR_S = 1e-3


@dataclass(slots=True)
class Stretch:
    """Turns whose items were there together, and the wait for the first of them."""

    taken: Executed | None
    turns: list[list[Executed]]

    @property
    def lengths(self) -> list[float]:
        """What each turn waited."""
        return [sum(one.one.await_s for one in turn) for turn in self.turns]


def takes(turns: Turns) -> bool:
    """Whether the loop takes items that are brought to it one by one."""
    return turns.loop.take is not None or turns.loop.kind == "async-for" or bool(turns.fetched)


def stretches(facts: ProcessFacts, turns: Turns) -> list[Stretch]:
    """The run in order; one without turns is a wait that brought nothing to wait for."""
    if not takes(turns):
        return [Stretch(None, turns.turns)]
    made: list[Stretch] = []
    before, fetched = 0.0, deque(turns.fetched)
    for turn in turns.turns:
        start = turn[0].one.start
        taken: list[Executed] = []
        while fetched and fetched[0].one.start < start:
            taken.append(fetched.popleft())
        if made and not taken and facts.unbroken.between(turns.call.task, before, start):
            made[-1].turns.append(turn)
        else:
            made += [Stretch(one, []) for one in taken[:-1]]
            made.append(Stretch(taken[-1] if taken else None, [turn]))
        before = turn[-1].one.end
    return [*made, *(Stretch(one, []) for one in fetched)]


def late(parts: list[Stretch]) -> int:
    """How many items were there before the turn before them was over."""
    return sum(len(one.turns) - 1 for one in parts if one.turns)


def saved(parts: list[Stretch]) -> float:
    """What the turns waited, less what they would with `AT_ONCE` of each stretch under way."""
    return sum(sum(one.lengths) - _lanes(one.lengths) for one in parts)


def saved_ahead(parts: list[Stretch]) -> float:
    """The same where the next item is fetched meanwhile."""
    took = fetched = done = 0.0
    for one in parts:
        fetch = one.taken.one.await_s if one.taken is not None else 0.0
        took += fetch + sum(one.lengths)
        fetched += fetch
        done = max(done, fetched + _lanes(one.lengths))
    return took - max(done, fetched)


def _lanes(lengths: list[float]) -> float:
    lanes = [0.0] * AT_ONCE
    for length in lengths:
        heapreplace(lanes, lanes[0] + length)
    return max(lanes)


def overlap(overlaps: Overlaps, change: Rewiring, task: int, parts: list[Stretch], *, pinned: bool) -> None:
    """Let all turns of a stretch begin when its first does; `pinned`: items come when they came."""
    overlaps.as_taken(
        change,
        task,
        [
            (
                None if one.taken is None else _branch([one.taken]),
                [_branch(turn) for turn in one.turns],
            )
            for one in parts
        ],
        AT_ONCE,
        pinned=pinned,
    )


def _branch(executed: list[Executed]) -> Branch:
    return Branch(executed[0].one.start, executed[-1].one.end)


def from_channel(facts: ProcessFacts, turns: Turns) -> bool:
    """Whether items are taken from a channel of which it is known when each was put: see `channels`."""
    times = facts.contention.taken_by(turns.call.task)
    if not times:
        return False
    found = 0
    for before, turn in zip(turns.turns, turns.turns[1:], strict=False):
        at = bisect_left(times, before[-1].one.end - NEAR_S)
        found += at < len(times) and times[at] <= turn[0].one.start + NEAR_S
    return 2 * found >= len(turns.turns) - 1
