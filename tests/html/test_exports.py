"""What other tools read: SARIF, Perfetto, annotations of GitHub, a comment in Markdown."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from google.protobuf.unknown_fields import UnknownFieldSet
from perfetto.protos.perfetto.trace import perfetto_trace_pb2

from asyncwhy.render import perfetto, render
from tests.analysis.programs import Gather, Job, Sleep, Work
from tests.html.pages import report_of
from tests.html.test_page import HOSTILE, hostile
from tests.render.made_up_reports import REPORTS, SICK, SICK_DIFF

SCHEMA = Path(__file__).parents[1] / "render" / "sarif" / "sarif-2.1.0.schema.json"
VALIDATOR = jsonschema.Draft7Validator(
    json.loads(SCHEMA.read_text()), format_checker=jsonschema.FormatChecker()
)


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_valid_against_the_published_schema(name: str) -> None:
    VALIDATOR.validate(json.loads(render(REPORTS[name], "sarif")))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_sarif_of_hostile_names_is_valid_and_ascii(text: str) -> None:
    made = render(hostile(text), "sarif")
    assert made.isascii()
    VALIDATOR.validate(json.loads(made))


def test_sarif_says_where_and_how_to_mend_it() -> None:
    (run,) = json.loads(render(SICK, "sarif"))["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "blocking-call"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "003_ex2.py"
    assert place["region"] == {"startLine": 6, "startColumn": 5, "endColumn": 25}
    (touched,) = result["fixes"][0]["artifactChanges"]
    assert touched["artifactLocation"]["uri"] == "003_ex2.py"
    assert [part["deletedRegion"]["startLine"] for part in touched["replacements"]] == [4, 6, 12]
    assert touched["replacements"][0]["insertedContent"]["text"].startswith("async def slow_task_blocking")


def mended(source: list[str], replacements: list[dict[str, Any]]) -> list[str]:
    """The source after the replacements, as a reader of SARIF applies them: the last one first."""
    for part in sorted(replacements, key=lambda part: -part["deletedRegion"]["startLine"]):
        region = part["deletedRegion"]
        put = part.get("insertedContent", {}).get("text", "").splitlines()
        source[region["startLine"] - 1 : region["endLine"] - 1] = put
    return source


def test_a_fix_of_sarif_does_what_its_diff_does() -> None:
    source = [f"line {number}" for number in range(1, 21)]
    for number, row in zip((4, 6, 12), re.findall(r"^-(?!-)(.*)$", SICK_DIFF, re.MULTILINE), strict=True):
        source[number - 1] = row
    (result,) = json.loads(render(SICK, "sarif"))["runs"][0]["results"]
    after = mended(source, result["fixes"][0]["artifactChanges"][0]["replacements"])
    assert [after[3], after[5], after[11]] == re.findall(r"^\+(?!\+)(.*)$", SICK_DIFF, re.MULTILINE)
    assert len(after) == 20


def test_annotations_stand_beside_the_line() -> None:
    first, last = render(SICK, "github").splitlines()
    assert first.startswith(
        "::warning file=003_ex2.py,line=6,col=5,endColumn=24,title=asyncwhy blocking-call::"
    )
    assert last.startswith("::notice title=asyncwhy::not-asynchronous")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("form", ["github", "markdown"])
def test_a_name_is_no_command_and_no_markup(form: str, text: str) -> None:
    made = render(hostile(f"{text}\n::error::a\r::set-env\t`|*"), form)
    plain = render(hostile("plain"), form)
    assert made.count("\n::") == plain.count("\n::")
    if form == "github":
        return  # a line of a log: nothing reads markup in it
    outside = re.sub(r"(`+).*?\1", "", re.sub(r"^(`{3,}).*?^\1$", "", made, flags=re.MULTILINE | re.DOTALL))
    assert set(re.findall(r"<(/?\w+)", outside)) <= {
        "details",
        "/details",
        "summary",
        "/summary",
        "sub",
        "/sub",
    }
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", made)


def test_a_comment_holds_the_change() -> None:
    made = render(SICK, "markdown")
    assert made.startswith(
        "### ✗ asyncwhy: 3 tasks ran one after another\n\nTook **6.01 s**, could take **3.01 s**"
    )
    assert "+    await asyncio.sleep(duration)" in made
    assert len(made) < 65_536


def decoded(data: bytes) -> Any:
    made = perfetto_trace_pb2.Trace()
    made.ParseFromString(data)
    return made


def test_perfetto_has_every_wait_hold_and_job() -> None:
    report = report_of((Gather(((Work(0.2), Sleep(0.1)), (Work(0.3),))), Job(0.4)))
    trace = decoded(perfetto.encode(report))
    assert not any(
        len(UnknownFieldSet(one)) for one in trace.packet
    )  # the official definitions know every field
    tracks = {
        one.track_descriptor.uuid: one.track_descriptor
        for one in trace.packet
        if one.HasField("track_descriptor")
    }
    events = [one for one in trace.packet if one.HasField("track_event")]
    assert all(one.track_event.track_uuid in tracks for one in events)
    assert [one.timestamp for one in events] == sorted(one.timestamp for one in events)
    open_: dict[int, list[Any]] = defaultdict(list)
    slices = []
    kinds = perfetto_trace_pb2.TrackEvent
    for one in events:
        own = open_[one.track_event.track_uuid]
        if one.track_event.type == kinds.TYPE_SLICE_BEGIN:
            own.append(one)
        elif one.track_event.type == kinds.TYPE_SLICE_END:
            begun = own.pop()
            slices.append((begun.track_event.name, (one.timestamp - begun.timestamp) / 1e9))
    assert not any(open_.values())
    assert [
        name for name, length in slices if length == pytest.approx(0.3, abs=0.01) and name.startswith("ran")
    ]
    assert [
        name for name, length in slices if length == pytest.approx(0.2, abs=0.01) and name.startswith("ready")
    ]
    sent = {flow for one in events for flow in one.track_event.flow_ids}
    ended = {flow for one in events for flow in one.track_event.terminating_flow_ids}
    assert ended
    assert ended <= sent
    assert any(one.track_event.type == kinds.TYPE_COUNTER for one in events)


def test_perfetto_of_hostile_names() -> None:
    text = "\n".join(HOSTILE)
    report = report_of((Work(0.1), Sleep(0.1)))
    report = replace(report, program=replace(report.program, argv=(text,)))
    assert decoded(perfetto.encode(report)).packet
