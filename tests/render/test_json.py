"""The report as data keeps to its published schema, and the schema to the model."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass, replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_up_reports import PARTLY, REPORTS, SICK, hostile

from asyncwhy import model
from asyncwhy.render import render

SCHEMA = json.loads((resources.files("asyncwhy.render") / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("schedule", [False, True])
def test_every_report_keeps_to_the_schema(name: str, schedule: bool) -> None:
    document = json.loads(render(REPORTS[name], "json", schedule=schedule))
    VALIDATOR.validate(document)
    assert ("schedule" in document) is schedule
    assert document["schema"] == model.SCHEMA == "asyncwhy.report/1"


def test_the_schema_has_every_field_of_the_model() -> None:
    parts = [kind for kind in vars(model).values() if isinstance(kind, type) and is_dataclass(kind)]
    for kind in parts:
        described = SCHEMA if kind is model.Report else SCHEMA["$defs"][kind.__name__]
        expected = {part.name for part in fields(kind)}
        if kind in (model.Report, model.Checked, model.Comparison):
            expected = expected - {"sources", "picture"} | {"schema"}
        assert set(described["properties"]) == expected, kind.__name__
        assert described["additionalProperties"] is False
        assert expected - set(described["required"]) <= {"schedule"}


def test_keys_keep_their_order_and_findings_their_rank() -> None:
    document = json.loads(render(PARTLY, "json", schedule=True))
    assert list(document) == [
        "schema",
        *(part.name for part in fields(model.Report) if part.name not in {"sources", "picture"}),
    ]
    assert list(document["findings"][0]) == [part.name for part in fields(model.Finding)]
    assert [finding["cause"] for finding in document["findings"]][:3] == [
        "blocking-call",
        "cpu-on-loop",
        "gil-held",
    ]


@given(st.text(st.characters(codec=None, categories=None), max_size=30))
def test_any_name_makes_valid_ascii_json_without_lone_surrogates(name: str) -> None:
    text = render(hostile(name), "json")
    assert text.isascii()
    document = json.loads(text)
    VALIDATOR.validate(document)
    document["reason"].encode("utf-8")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_nan_and_no_infinity(value: float) -> None:
    document = json.loads(render(replace(SICK, wall_s=value), "json"), parse_constant=pytest.fail)
    assert document["wall_s"] is None
