"""Two runs side by side: what is told as better, worse, new and gone, and what as the same."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from asyncwhy.causes.comparison import compare
from asyncwhy.model import Direction, Pace, Report, Verdict
from asyncwhy.render.compared import FORMATS, render
from tests.commands.test_bad_input import SICK, asyncwhy
from tests.render.made_up_reports import HEALTHY, hostile
from tests.render.made_up_reports import SICK as SICK_REPORT

SCHEMA = json.loads((resources.files("asyncwhy.render") / "report.schema.json").read_text(encoding="utf-8"))
CURED = SICK.replace("time.sleep(", "await asyncio.sleep(")


def moved(report: Report, lines: int) -> Report:
    """The same run of a file that has so many lines more at its top."""
    findings = tuple(
        replace(one, site=replace(one.site, line=one.site.line + lines)) for one in report.findings
    )
    sources = {
        file: {line + lines: text for line, text in own.items()} for file, own in report.sources.items()
    }
    return replace(report, findings=findings, sources=sources)


def test_a_run_is_the_same_as_itself() -> None:
    made = compare(SICK_REPORT, SICK_REPORT)
    assert made.direction is Direction.SAME
    assert [shift.direction for shift in made.shifts] == [Direction.SAME] * len(SICK_REPORT.findings)


def test_code_that_only_moved_is_the_same() -> None:
    assert compare(SICK_REPORT, moved(SICK_REPORT, 7)).direction is Direction.SAME


def test_a_cured_program_is_better_and_what_was_found_is_gone() -> None:
    made = compare(SICK_REPORT, replace(HEALTHY, threads=SICK_REPORT.threads))
    assert made.direction is Direction.BETTER
    assert all(shift.after is None for shift in made.shifts)
    back = compare(HEALTHY, SICK_REPORT)
    assert back.direction is Direction.WORSE
    assert all(shift.before is None for shift in back.shifts)


@pytest.mark.parametrize(("factor", "direction"), [(1.1, "same"), (2.0, "worse"), (0.5, "better")])
def test_a_finding_that_costs_more_or_less(factor: float, direction: str) -> None:
    findings = tuple(replace(one, cost_s=(one.cost_s or 0) * factor) for one in SICK_REPORT.findings)
    made = compare(SICK_REPORT, replace(SICK_REPORT, findings=findings))
    assert [shift.direction for shift in made.shifts] == [direction] * len(findings)


def test_some_of_both_is_mixed() -> None:
    slower = replace(HEALTHY, wall_s=HEALTHY.wall_s + SICK_REPORT.wall_s * 2, pace=Pace(0.0, 0.5, 9.0))
    assert compare(SICK_REPORT, slower).direction is Direction.MIXED


def test_what_could_not_be_told_is_no_verdict_to_compare() -> None:
    made = compare(replace(HEALTHY, verdict=Verdict.UNKNOWN), HEALTHY)
    assert "verdict" not in [measure.name for measure in made.measures]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("width", [40, 80])
def test_hostile_names_stay_inside(form: str, width: int) -> None:
    text = render(compare(hostile("\x1b[31m</td>|`\u202e"), SICK_REPORT), form, width=width)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if form == "terminal":
        assert max(map(len, text.splitlines())) <= width


def test_for_people_and_for_ci(tmp_path: Path) -> None:
    for name, text in (("sick", SICK), ("cured", CURED)):
        (tmp_path / "app.py").write_text(text)
        asyncwhy(tmp_path, "run", "-o", name, "app.py")
    better = asyncwhy(tmp_path, "compare", "--fail-on", "worse", "sick", "cured")
    assert better.returncode == 0
    assert "gone, it cost" in better.stdout
    worse = asyncwhy(tmp_path, "compare", "--fail-on", "new", "cured", "sick", "--format", "json")
    assert worse.returncode == 1
    told = json.loads(worse.stdout)
    Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/Comparison"}).validate(told)
    assert told["schema"] == "asyncwhy.compare/1"
    assert [shift["before"] for shift in told["shifts"]] == [None]
    assert told["shifts"][0]["after"]["cause"] == "blocking-call"


def test_one_run_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    done = asyncwhy(tmp_path, "compare")
    assert done.returncode == 125
    assert len(done.stderr.splitlines()) == 1
