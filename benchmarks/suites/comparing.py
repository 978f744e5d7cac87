"""Compares what each test did alone with what it did observed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.suites.running import ALONE, RECORDERS, Bench, Outcomes


@dataclass
class Compared:
    """What became of a suite: how many tests, how many passed, and those that did not do the same."""

    suite: str
    version: str
    tests: int = 0
    passed: int = 0  # alone
    same: dict[str, int] = field(default_factory=dict)  # recorder -> how many did what they do alone
    differ: list[str] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)  # test, why it may differ
    notes: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        return asdict(self)


def compare(bench: Bench, looks: int = 3) -> Compared:
    """Run a suite alone and with each recorder; what differs is looked at again, that often on both sides."""
    made = Compared(bench.suite.name, bench.version)
    alone = bench.whole(ALONE)
    made.tests, made.passed = len(alone), sum(one == "passed" for one in alone.values())
    for recorder in RECORDERS:
        observed = bench.whole(recorder)
        unlike = [test for test in sorted({*alone, *observed}) if _of(alone, test) != _of(observed, test)]
        reasons = {test: reason for test in unlike if (reason := bench.suite.reason(test))}
        made.named += reasons.items()
        rest = [test for test in unlike if test not in reasons]
        differ = 0
        for test, befores, afters in _again(bench, rest, alone, observed, recorder, looks):
            told = f"{test}: {_counted(befores)} alone, {_counted(afters)} observed ({recorder})"
            if differs(befores, afters):
                made.differ.append(told)
                differ += 1
            else:
                made.notes.append(f"now and then, {told}")
        made.same[recorder] = made.tests - len(reasons) - differ
    made.named = sorted(set(made.named))
    made.notes += bench.notes
    return made


def differs(befores: Sequence[str], afters: Sequence[str]) -> bool:
    """Whether a test does not do observed what it does alone.

    It does not if the two have nothing in common; nor if alone it always does one thing, and observed something else at
    least every second time. Tests that fail now and then anywhere are not of our making.
    """
    steady = len(set(befores)) == 1 and 2 * sum(one == befores[0] for one in afters) <= len(afters)
    return steady or not set(befores) & set(afters)


def _again(
    bench: Bench, tests: list[str], alone: Outcomes, observed: Outcomes, recorder: str, looks: int
) -> list[tuple[str, list[str], list[str]]]:
    """Each test with what it did alone and observed, the first time included."""
    befores = {test: [_of(alone, test)] for test in tests}
    afters = {test: [_of(observed, test)] for test in tests}
    by_part: dict[tuple[str, ...], list[str]] = {}
    for test in tests:
        by_part.setdefault(tuple(bench.part_of(test)), []).append(test)
    for parts, those in by_part.items():
        for _ in range(looks):
            for side, seen in ((ALONE, befores), (recorder, afters)):
                outcomes = bench.run(side, parts, [], those)
                for test in those:
                    seen[test].append(_of(outcomes, test))
    return [(test, befores[test], afters[test]) for test in tests]


def _of(outcomes: Outcomes, test: str) -> str:
    return outcomes.get(test, "missing")


def _counted(outcomes: Sequence[str]) -> str:
    return ", ".join(f"{what} {count} of {len(outcomes)}" for what, count in Counter(outcomes).most_common())
