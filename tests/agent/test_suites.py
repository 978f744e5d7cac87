"""Other people's tests do the same observed as alone: a small part of what `python -m benchmarks.suites` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.suites import catalogue
from benchmarks.suites.comparing import compare, differs
from benchmarks.suites.running import RECORDERS, Bench
from tests.observing import require

QUICK = {suite.name: suite for suite in catalogue.suites([]) if suite.quick}
WANTED = {"asyncio": "3.12"}  # where it is not 3.13


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_other_peoples_tests_do_the_same(name: str, pythons: dict[str, Path]) -> None:
    version = WANTED.get(name, "3.13")
    require(pythons, version)
    found = compare(Bench(QUICK[name], version, chosen=QUICK[name].quick), looks=2)
    assert found.passed > 0, found.notes
    assert not found.differ, "\n".join([*found.differ, *found.notes])
    assert set(found.same) == set(RECORDERS)


P, F = "passed", "failure"


@pytest.mark.parametrize(
    ("befores", "afters", "expected"),
    [
        ([P] * 4, [F] * 4, True),
        ([F] * 4, [P] * 4, True),
        ([P] * 4, [F, P, P, P], False),
        ([P] * 4, [F, F, P, P], True),
        ([P, F, P, P], [F, F, F, P], False),
        ([P, F, P, P], ["missing"] * 4, True),
    ],
)
def test_what_fails_now_and_then_does_not_differ(
    befores: list[str], afters: list[str], expected: bool
) -> None:
    assert differs(befores, afters) is expected
