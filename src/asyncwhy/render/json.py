"""The report as data: the document `asyncwhy.report/1`, described by `report.schema.json` beside this file.

Keys stand in the order of the model, so two runs compare line by line.  `sources` are left out: the
program's own text is not part of what was found.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass

from asyncwhy.model import SCHEMA, Report
from asyncwhy.render.order import ranked


def render(report: Report, *, schedule: bool = False, **_others: object) -> str:
    """Return the document as ASCII text; `schedule` adds what was drawn."""
    return json.dumps(document(report, schedule=schedule), indent=2, allow_nan=False) + "\n"


def document(report: Report, *, schedule: bool = False) -> dict[str, object]:
    """Return the document as plain dicts, lists, strings and numbers."""
    omitted = {"sources", "picture"} if schedule else {"sources", "picture", "schedule"}
    answer: dict[str, object] = {"schema": SCHEMA}
    for part in fields(report):
        if part.name not in omitted:
            answer[part.name] = plain(getattr(report, part.name))
    answer["findings"] = [plain(finding) for finding in ranked(report.findings)]
    return answer


def plain(value: object) -> object:
    """Return a value of the model as what JSON has."""
    if isinstance(value, str):  # also every StrEnum
        # A lone surrogate (a path that is not UTF-8) is not valid JSON for most readers.
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    raise TypeError(f"a report holds no {type(value).__name__}")
