"""What people see, whole.  `ASYNCWHY_WRITE_GOLDEN=1 pytest tests/render` writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from made_up_reports import REPORTS

from asyncwhy.render import render

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = {"sick": (40, 80, 120), "threads": (40, 80, 120), "partly": (40, 80), "hostile": (40, 80)}
CASES = [(name, width) for name in REPORTS for width in WIDTHS.get(name, (80,))]


def check(file: str, text: str) -> None:
    path = GOLDEN / file
    if os.environ.get("ASYNCWHY_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "width"), CASES)
def test_terminal(name: str, width: int) -> None:
    check(f"{name}-{width}.txt", render(REPORTS[name], "terminal", width=width))


@pytest.mark.parametrize("name", ["sick", "threads"])
def test_terminal_in_ascii(name: str) -> None:
    check(f"{name}-80-ascii.txt", render(REPORTS[name], "terminal", ascii=True))


def test_concise() -> None:
    check("concise.txt", "".join(render(report, "concise") for report in REPORTS.values()))


def test_json() -> None:
    check("sick.json", render(REPORTS["sick"], "json"))
