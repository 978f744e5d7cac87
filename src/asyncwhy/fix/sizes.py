"""`ThreadPoolExecutor(max_workers=2)` -> the same with more, where the number is written there."""

from __future__ import annotations

import ast
from dataclasses import replace

from asyncwhy.fix.edits import Draft
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource

#: How the libraries call the number that is given by name.
_NAMES = ("max_workers", "total_tokens", "processes")


def sized(source: PythonSource, site: Site, wanted: int, remedies: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """The remedies, the first that changes the size with the diff that does."""
    diff = _diff(source, site, wanted)
    for index, remedy in enumerate(remedies):
        if diff is not None and remedy.safety is not Safety.SKETCH:
            return (*remedies[:index], replace(remedy, diff=diff), *remedies[index + 1 :])
    return remedies


def _diff(source: PythonSource, site: Site, wanted: int) -> str | None:
    parsed = source.parsed(site.file)
    node = (
        None
        if parsed is None
        else parsed.calls.at(site.line, site.column or None, None, site.end_column, None)
    )
    if parsed is None or not isinstance(node, ast.Call):
        return None
    numbers = [keyword.value for keyword in node.keywords if keyword.arg in _NAMES] or node.args[:1]
    if len(numbers) != 1 or not isinstance(numbers[0], ast.Constant) or type(numbers[0].value) is not int:
        return None  # a name, a setting: who knows who else uses it
    draft = Draft(parsed.module)
    draft.replace(draft.start(numbers[0]), draft.end(numbers[0]), str(wanted))
    return draft.diff()
