"""Made-up runs as pages, and what such a page was given."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from asyncwhy.causes.diagnosis import diagnose
from asyncwhy.fix.remedies import remedies_of
from asyncwhy.model import Report
from asyncwhy.render import render
from asyncwhy.trace.reader import Trace
from tests.analysis.programs import Actions, record


def report_of(program: Actions, workers: int = 2, **changes: Any) -> Report:
    trace = Trace(Path("made-up"), processes={1: record(program, workers)}, ended=True)
    return replace(diagnose(trace, 0.005, remedies_of, drawn=True), **changes)


def page_of(report: Report) -> str:
    return render(report, "html")


def given(page: str) -> tuple[dict[str, Any], bytes]:
    """The header and the columns that a page was given."""
    found = re.search(r'<script id="data" type="application/gzip">([^<]*)</script>', page)
    assert found
    data = gzip.decompress(base64.b64decode(found[1]))
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def unpacked(data: bytes, column: list[int]) -> list[int]:
    """The numbers of a column, read as the page reads them."""
    at, length = column
    made = []
    for _ in range(length):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        made.append(value >> 1 if value % 2 == 0 else -(value + 1 >> 1))
    return made


def sums(values: list[int]) -> list[int]:
    return [int(value) for value in np.cumsum(values)]
