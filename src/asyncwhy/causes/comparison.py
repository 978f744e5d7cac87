"""Two runs side by side: which findings went, came, or cost more, and what became of the figures.

One run is one sample.  What differs by less than runs of the same program do is told as the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from asyncwhy.causes.worth import LEAST_S
from asyncwhy.model import Comparison, Direction, Finding, Measure, Report, Shift, Verdict

#: The wall time of a program that does the same twice differs by less than this share, and less than this time
#: (starting an interpreter that imports a framework took 0.2 s longer on a busy machine).
RUN, RUN_S = 0.10, 0.25
#: What a finding costs, how late steps are and what waits differ by more: two timers may or may not meet.
PART = 0.20
#: Concurrency differs by less than this.
AT_ONCE = 0.10
#: Verdicts from the best to the worst; what could not be told is neither.
RANKS = {Verdict.ASYNCHRONOUS: 0, Verdict.PARTLY: 1, Verdict.NOT_ASYNCHRONOUS: 2}


def compare(before: Report, after: Report) -> Comparison:
    """What became better or worse."""
    measures = tuple(_measures(before, after))
    shifts = tuple(_shifts(before, after))
    directions = {one.direction for one in measures} | {one.direction for one in shifts}
    directions.discard(Direction.SAME)
    direction = (
        directions.pop() if len(directions) == 1 else Direction.MIXED if directions else Direction.SAME
    )
    return Comparison(before, after, direction, measures, shifts)


# --- figures -------------------------------------------------------------------------------------------


def _measures(before: Report, after: Report) -> Iterator[Measure]:
    if before.verdict in RANKS and after.verdict in RANKS:
        ranks = RANKS[before.verdict], RANKS[after.verdict]
        yield Measure("verdict", *ranks, "verdict", _less(*ranks, 0, 0))
    yield _seconds("took", before.wall_s, after.wall_s, RUN, RUN_S)
    yield _seconds("longest stop of the event loop", _longest(before), _longest(after), PART, LEAST_S)
    yield _seconds("99 of 100 steps began within", before.pace.lag_p99_s, after.pace.lag_p99_s, PART, LEAST_S)
    yield _seconds("tasks waited in all", before.pace.waited_s, after.pace.waited_s, PART, LEAST_S)
    one, other = before.concurrency.achieved, after.concurrency.achieved
    yield Measure("tasks at once", one, other, "x", _less(other, one, AT_ONCE, 0.05))
    yield Measure("threads", len(before.threads), len(after.threads), "x", Direction.SAME)


def _seconds(name: str, before: float, after: float, share: float, least: float) -> Measure:
    return Measure(name, before, after, "s", _less(before, after, share, least))


def _less(before: float, after: float, share: float, least: float) -> Direction:
    """Which way it is where less is better."""
    if abs(after - before) <= max(share * max(before, after), least):
        return Direction.SAME
    return Direction.BETTER if after < before else Direction.WORSE


def _longest(report: Report) -> float:
    return max((loop.longest_hold_s for loop in report.loops), default=0.0)


# --- findings ------------------------------------------------------------------------------------------


def _shifts(before: Report, after: Report) -> Iterable[Shift]:
    """Findings of one cause at the same text in the same function are the same, wherever that has moved to."""
    pairs: dict[tuple[str, ...], tuple[list[Finding], list[Finding]]] = defaultdict(lambda: ([], []))
    for place, report in enumerate((before, after)):
        for finding in report.findings:
            pairs[_identity(report, finding)][place].append(finding)
    made = []
    for old, new in pairs.values():
        ordered = (sorted(each, key=lambda one: one.site.line) for each in (old, new))
        made += [Shift(one, other, _direction(one, other)) for one, other in zip_longest(*ordered)]
    order = (Direction.WORSE, Direction.SAME, Direction.BETTER)
    return sorted(made, key=lambda shift: (order.index(shift.direction), -_cost(shift.after or shift.before)))


def _identity(report: Report, finding: Finding) -> tuple[str, ...]:
    site = finding.site
    text = report.sources.get(site.file, {}).get(site.line, finding.call)
    return finding.cause, site.file.rpartition("/")[2], site.function, " ".join(text.split())


def _direction(before: Finding | None, after: Finding | None) -> Direction:
    if before is None or after is None:
        return Direction.WORSE if before is None else Direction.BETTER
    if before.cost_s is None or after.cost_s is None:
        return _less(before.count, after.count, PART, 0)
    return _less(before.cost_s, after.cost_s, PART, LEAST_S)


def _cost(finding: Finding | None) -> float:
    return (finding.cost_s or 0.0) if finding is not None else 0.0
