"""What `check` says of the specimens: sick ones that can be seen in source are found, cured ones are silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncwhy.check.checking import check
from asyncwhy.check.settings import Settings

SPECIMENS = Path(__file__).parents[2] / "specimens"
#: (specimen, cause): what the source shows.
SEEN = {
    "blocking-call/anyio": "blocking-call",
    "blocking-call/anyio-trio": "blocking-call",
    "blocking-call/asyncio": "blocking-call",
    "blocking-call/asyncio-executor-exit": "blocking-call",
    "blocking-call/asyncio-future-result": "blocking-call",
    "blocking-call/asyncio-library": "blocking-call",
    "blocking-call/asyncio-queue": "blocking-call",
    "blocking-call/asyncio-subprocess": "blocking-call",
    "blocking-call/asyncio-urllib": "blocking-call",
    "blocking-call/trio": "blocking-call",
    "self-wait/asyncio": "blocking-call",
    "many-small-holds/asyncio-blocked": "blocking-call",
    "never-awaited/anyio": "never-awaited",
    "never-awaited/asyncio": "never-awaited",
    "never-awaited/trio": "never-awaited",
    "task-lost/asyncio": "task-lost",
    "pool-deadlock/asyncio": "pool-deadlock",
    "unsafe-wakeup/asyncio": "unsafe-wakeup",
    "unsafe-wakeup/asyncio-set-result": "unsafe-wakeup",
    "loop-misconfigured/asyncio": "loop-misconfigured",
    "second-loop/asyncio-thread-join": "second-loop",
}
#: What the source hints at: shown with `--hints`.
HINTED = {
    "second-loop/asyncio": "second-loop",
    "second-loop/asyncio-per-call": "second-loop",
    "serialised-by-lock/asyncio": "serialised-by-lock",
    "sequential-awaits/asyncio": "sequential-awaits",
    "sequential-awaits/asyncio-some-depend": "sequential-awaits",
    "await-in-loop/asyncio": "await-in-loop",
    "await-in-loop/asyncio-comprehension": "await-in-loop",
}


@pytest.mark.parametrize(("name", "cause"), SEEN.items(), ids=SEEN)
def test_the_sick_one_is_found(name: str, cause: str) -> None:
    found = check([str(SPECIMENS / name / "sick.py")], Settings(), cached=False)
    assert cause in {finding.cause for finding in found.findings}


@pytest.mark.parametrize(("name", "cause"), HINTED.items(), ids=HINTED)
def test_the_sick_one_is_hinted_at(name: str, cause: str) -> None:
    sick, cured = (str(SPECIMENS / name / f"{kind}.py") for kind in ("sick", "cured"))
    assert cause in {finding.cause for finding in check([sick], Settings(hints=True), cached=False).findings}
    assert cause not in {
        finding.cause for finding in check([cured], Settings(hints=True), cached=False).findings
    }


def test_every_cured_one_is_silent() -> None:
    cured = [str(path) for path in sorted(SPECIMENS.glob("*/*/cured.py"))]
    found = check(cured, Settings(), cached=False)
    assert found.files == len(cured)
    assert [(one.site.file, one.headline) for one in found.findings] == []
