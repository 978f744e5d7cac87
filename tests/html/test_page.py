"""The page: what it is given, what it weighs, and that no name in it does harm."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from asyncwhy.model import Finding, Program, Report
from asyncwhy.render import render
from asyncwhy.render.html.columns import packed
from tests.analysis.programs import Gather, Job, Sleep, Work
from tests.html.pages import given, page_of, report_of, sums, unpacked
from tests.render.made_up_reports import SICK

PAGE = Path(__file__).parents[2] / "src" / "asyncwhy" / "render" / "html" / "report.html"
EMPTY = 80_000
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--asyncwhy:data-->",
    "<img src=x onerror=alert(1)>",
    "\"'`${alert(1)}`'\"",
    "\u202eright to left\u202c \u200b\u2066",
    "\U0001f600 \ud800 half a pair",
    "x" * 10_000,
    "]]>&lt;/script&gt;%TITLE%",
]


@each(st.lists(st.integers(-(2**40), 2**40)))
def test_columns_come_back(values: list[int]) -> None:
    assert unpacked(packed(np.array(values, np.int64)), [0, len(values)]) == values


def test_it_forbids_whatever_does_not_stand_in_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["default-src"] == "'none'"
    for rule, tag in (
        ("script-src", r'<script type="module">(.*)</script>\n</body>'),
        ("style-src", "<style>(.*?)</style>"),
    ):
        inside = re.search(tag, page, re.DOTALL)
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_it_asks_for_nothing() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not re.findall(r"https?://|url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon", page)


def test_an_empty_report_is_small() -> None:
    page = page_of(report_of((Sleep(0.1),)))
    assert len(page.encode()) < EMPTY


def test_the_schedule_is_there_as_it_ran() -> None:
    report = report_of((Gather(((Work(0.2), Sleep(0.1)), (Work(0.3),))), Job(0.4)))
    header, data = given(page_of(report))
    picture = header["picture"]
    (group,) = picture["groups"]
    assert len(group["tasks"]["names"]) == 3
    first = group["times"][0]
    gap, wait, run = (unpacked(data, first[name]) for name in ("gap", "wait", "run"))
    ends, start = [], []
    before = 0
    for a, b, c in zip(gap, wait, run, strict=True):
        start.append(before + a + b)
        before += a + b + c
        ends.append(before)
    assert max(ends) * picture["unit"] == pytest.approx(0.9, abs=0.01)
    assert max(b - a for a, b in zip(start, ends, strict=True)) * picture["unit"] == pytest.approx(
        0.3, abs=0.01
    )
    assert len(sums(unpacked(data, group["records"]["row"]))) == len(run)
    (job,) = unpacked(data, first["jobRun"])
    assert job * picture["unit"] == pytest.approx(0.4, abs=0.01)


def test_the_same_run_gives_the_same_page() -> None:
    report = report_of((Work(0.1), Sleep(0.2)))
    assert page_of(report) == page_of(report)


def test_a_report_without_a_picture_is_a_page_too() -> None:
    header, _ = given(render(SICK, "html"))
    assert header["picture"] is None
    assert header["report"]["reason"] == "3 tasks ran one after another"
    assert set(header["causes"]["blocking-call"]) >= {"What it is", "Why it is bad"}


def hostile(text: str) -> Report:
    finding: Finding = SICK.findings[0]
    site = replace(finding.site, file=text, function=text)
    changed = replace(finding, site=site, headline=text, message=text, label=text, call=text)
    program: Program = replace(SICK.program, argv=(text, text))
    return replace(
        SICK, program=program, reason=text, findings=(changed,), sources={text: {6: text}}, trace=text
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_never_markup(text: str) -> None:
    page = render(hostile(text), "html")
    plain = render(SICK, "html")
    assert re.findall(r"</?(?:script|img|style|iframe|a)\b|<!--", page) == re.findall(
        r"</?(?:script|img|style|iframe|a)\b|<!--", plain
    )
    header, _ = given(page)
    assert header["report"]["reason"] == text.encode("utf-8", "backslashreplace").decode()
