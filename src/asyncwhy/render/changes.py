"""The changed lines of a remedy's unified diff, with their line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncwhy.render.page import Ink
from asyncwhy.render.text import cells, cut, shorten_path, take

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncwhy.render.codeframe import Frame

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_MOST_LINES = 16
_MOST_PARTS = 5  # of one long line


@dataclass(frozen=True, slots=True)
class Change:
    """A line taken out (`-`, numbered as it was) or put in (`+`, numbered as it will be)."""

    file: str
    line: int | None
    sign: str
    text: str


def changes(diff: str) -> Iterator[Change]:
    """Yield the changed lines of a unified diff; where it has no hunk header they have no number."""
    file = ""
    old = new = old_end = new_end = 0
    for row in diff.split("\n"):
        inside = old < old_end or new < new_end
        hunk = None if inside else _HUNK.match(row)
        if hunk:
            old, new = int(hunk[1]), int(hunk[3])
            old_end, new_end = old + int(hunk[2] or 1), new + int(hunk[4] or 1)
        elif not inside and row.startswith(("+++ ", "--- ")):
            file = re.sub(r"^[ab]/", "", row[4:].split("\t")[0].strip()) if row[0] == "+" else file
        elif row.startswith("-"):
            yield Change(file, old or None, "-", row[1:])
            old += inside
        elif row.startswith("+"):
            yield Change(file, new or None, "+", row[1:])
            new += inside
        elif inside and not row.startswith("\\"):
            old, new = old + 1, new + 1


def _parts(code: str, room: int) -> list[str]:
    """Break a long line of code after a blank, a comma or a bracket, where there is one."""
    parts: list[str] = []
    while cells(code) > room and len(parts) < _MOST_PARTS - 1:
        part = take(code, room)
        at = max(part.rfind(sign) for sign in (" ", ",", "("))
        parts.append(part[: at + 1] if at > len(part) // 2 else part)
        code = code[len(parts[-1]) :]
    return [*parts, cut(code, room)]


def show(frame: Frame, diff: str, file: str) -> None:
    """Print the changed lines; a file other than `file` is named above its own."""
    page = frame.page
    rows = list(changes(diff))
    for row in rows[:_MOST_LINES]:
        if row.file and not file.endswith(row.file):
            file = row.file
            page.add("   in ", shorten_path(page.clean(file), page.width - 6))
        code = page.clean(row.text.replace("\t", "    ").rstrip())
        if row.sign == "-":
            page.add((frame.number(row.line), Ink.FAINT), (f"- {cut(code, frame.room)}", Ink.REMOVED))
            continue
        for index, part in enumerate(_parts(code, frame.room - 2)):  # whole: it is there to be copied
            number = frame.number(None if index else row.line)
            page.add((number, Ink.FAINT), ("    " if index else "+ ", Ink.ADDED), (part, Ink.ADDED))
    if len(rows) > _MOST_LINES:
        page.add(frame.number(None), f"  {len(rows) - _MOST_LINES:,} more changed lines")
