"""Every sick specimen gets exactly its cause, at its line, at its cost; every cured twin gets none.

The eight causes of the first issue are tried on every interpreter and loop, the others on the tests' own
interpreter and the oldest.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.observing import OLDEST, OWN, observe, require, settled
from tests.specimens import HEALTHY, Specimen, all_specimens, check, read_specimen

FIRST_CAUSES = (
    "blocking-call",
    "cpu-on-loop",
    "gil-held",
    "many-small-holds",
    "pool-saturated",
    "gil-bound-threads",
    "second-loop",
    "never-awaited",
)
LATER_CAUSES = (
    "loop-saturated",
    "sequential-awaits",
    "await-in-loop",
    "serialised-by-lock",
    "concurrency-limit",
    "pool-deadlock",
    "oversubscribed",
    "ran-inline",
    "self-wait",
    "serial-dispatch",
    "offload-overhead",
    "thread-per-task",
    "busy-wait",
    "unsafe-wakeup",
    "task-lost",
    "loop-misconfigured",
)

# What asyncwhy does not answer yet: causes, runtimes, or single specimens ("cause/variant").  An entry
# that has come true fails its tests, so that this can only become empty.
NOT_YET: frozenset[str] = frozenset()

VERSIONS = tuple(dict.fromkeys((OWN, OLDEST, "3.12", "3.13")))

SPECIMENS = all_specimens()


def cases() -> Iterator[Any]:
    """Specimen, which twin, version and loop; marked as expected to fail where it is not done yet."""
    for specimen in SPECIMENS:
        whole = specimen.cause in FIRST_CAUSES and specimen.variant == "asyncio"
        # The others are told from the same trace: one variant of each cause shows that the oldest writes it.
        oldest = (OWN, OLDEST) if specimen.variant == "asyncio" else (OWN,)
        for version in VERSIONS if whole else dict.fromkeys(oldest):
            for on_uvloop in (False, True) if whole and specimen.uvloop else (False,):
                # A cured twin that is silent on one interpreter is so on the next; the eight are tried on all.
                for twin in ("sick", "cured") if whole or version == OWN else ("sick",):
                    loop = "uvloop" if on_uvloop else specimen.runtime
                    name = f"{specimen.name}-{twin}-{version}-{loop}"
                    yield pytest.param(
                        specimen, twin, version, on_uvloop, id=name, marks=marks(specimen, twin)
                    )


def marks(specimen: Specimen, twin: str) -> tuple[pytest.MarkDecorator, ...]:
    keys = {specimen.runtime} if twin == "cured" else {specimen.runtime, specimen.cause, specimen.name}
    missing = keys & NOT_YET
    return tuple(pytest.mark.xfail(strict=True, reason=f"not yet: {key}") for key in sorted(missing)[:1])


@pytest.mark.slow
@pytest.mark.parametrize(("specimen", "twin", "version", "on_uvloop"), list(cases()))
def test_specimen(
    specimen: Specimen,
    twin: str,
    version: str,
    on_uvloop: bool,
    tmp_path: Path,
    pythons: dict[str, Path],
) -> None:
    modules = (*specimen.requires, *(["uvloop"] if on_uvloop else []))
    python = require(pythons, version, *modules, at_least=specimen.python, cores=specimen.cores)
    program = specimen.sick if twin == "sick" else specimen.cured

    def differences() -> list[str]:
        observed = observe(python, program, tmp_path, uvloop=on_uvloop)
        assert observed.exit_code == 0, observed.output
        expected = specimen.expected.with_output(observed.output) if twin == "sick" else HEALTHY
        return check(observed.report, expected, observed.outside_s)

    assert not (left := settled(differences)), "\n".join(left)


@pytest.mark.parametrize("cause", [*FIRST_CAUSES, *LATER_CAUSES])
def test_every_cause_has_a_specimen_for_asyncio(cause: str) -> None:
    assert f"{cause}/asyncio" in {specimen.name for specimen in SPECIMENS}


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)
def test_a_specimen_can_be_run_by_the_pythons_it_is_for(specimen: Specimen) -> None:
    for program in (specimen.sick, specimen.cured):
        ast.parse(program.read_text(encoding="utf-8"), str(program), feature_version=specimen.python)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)
def test_a_specimen_has_the_cause_of_its_folder(specimen: Specimen) -> None:
    assert [finding.cause for finding in specimen.expected.findings] == [specimen.cause]


def right_report(specimen: Specimen) -> dict[str, Any]:
    """A made-up report that says what is expected of the plain blocking call."""
    (finding,) = specimen.expected.findings
    assert finding.started_by is not None
    line, start = finding.places[0].line, finding.started_by.line
    told = {
        "cause": finding.cause,
        "site": {"file": "/somewhere/sick.py", "line": line},
        "call": finding.calls[0],
        "count": finding.counts[0],
        "cost_s": finding.costs[0],
        "gain_s": finding.gain_s,
        "inside_library": None,
        "started_by": {"file": "sick.py", "line": start},
        "stack": [],
        "related": [],
        "victims": [],
    }
    return {"verdict": specimen.expected.verdicts[0], "possible_s": 0.27, "findings": [told]}


WRONG = {
    "line": (("findings", 0, "site", "line"), 1, "blocking-call is at"),
    "cause": (("findings", 0, "cause"), "cpu-on-loop", "blocking-call is missing at"),
    "call": (("findings", 0, "call"), "time.time", "names the call `time.time`"),
    "count": (("findings", 0, "count"), 2, "counts 2, not 3"),
    "cost": (("findings", 0, "cost_s"), 0.9, "0.900 s, not 0.600 s: 50 % off"),
    "no cost": (("findings", 0, "cost_s"), None, "costs nothing known"),
    "gain": (("findings", 0, "gain_s"), 0.0, "gains 0.000 s"),
    "start": (("findings", 0, "started_by"), None, "an unknown line"),
    "library": (("findings", 0, "inside_library"), "x", "is inside x"),
    "verdict": (("verdict",), "partly", "the verdict is partly"),
    "possible": (("possible_s",), 0.6, "the run could take 0.600 s"),
}


@pytest.mark.parametrize("case", WRONG)
def test_check_says_what_differs(case: str) -> None:
    specimen = next(one for one in SPECIMENS if one.name == "blocking-call/asyncio")
    report = right_report(specimen)
    assert check(report, specimen.expected) == []
    (*path, last), value, sentence = WRONG[case]
    part: Any = report
    for key in path:
        part = part[key]
    part[last] = value
    assert any(sentence in difference for difference in check(report, specimen.expected))


def test_check_says_what_is_too_much() -> None:
    specimen = next(one for one in SPECIMENS if one.name == "blocking-call/asyncio")
    report = right_report(specimen)
    report["findings"].append({**report["findings"][0], "cause": "busy-wait"})
    (difference,) = check(report, specimen.expected)
    assert difference.startswith("nothing more was expected, but there is busy-wait at /somewhere/sick.py:")


def test_a_line_that_stands_twice_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "blocking-call" / "asyncio"
    folder.mkdir(parents=True)
    (folder / "sick.py").write_text("a = 1\na = 1\n")
    (folder / "expected.toml").write_text('verdict = []\n[[finding]]\ncause = "x"\nline = "a = 1"\n')
    with pytest.raises(ValueError, match="stands in 2 lines"):
        read_specimen(folder)
