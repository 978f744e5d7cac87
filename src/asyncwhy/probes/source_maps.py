"""Where the lines of compiled and bundled JavaScript stood as they were written, by the source map beside them.

The format is ECMA-426: for every line that Node runs, segments of (column, source, line, column, name), each as
differences to the one before in base 64 (VLQ).  Maps of maps (`sections`) are not read.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

_DIGITS = {
    digit: value
    for value, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_LINK = re.compile(r"^[ \t]*//[#@] sourceMappingURL=(\S+)[ \t]*$", re.MULTILINE)
#: Bytes of a program, and of its map, that are read at most.
LARGEST = 50_000_000
#: Bundlers name sources from their own root (`webpack://name/./src/a.ts`); it is looked for so many folders up.
UP = 4


@dataclass(frozen=True)
class Original:
    """A place as it was written; line and column from 1."""

    file: str
    line: int
    column: int
    name: str


@dataclass
class SourceMap:
    """One map; `lines` holds for each line its segments, sorted by column."""

    files: list[str]
    names: list[str]
    contents: dict[str, str]
    lines: list[list[tuple[int, ...]]] = field(default_factory=list)

    def original(self, line: int, column: int) -> Original | None:
        """The place of a place; line and column from 1, a column of 0 is the first that is mapped."""
        own = self.lines[line - 1] if 0 < line <= len(self.lines) else []
        at = bisect_right(own, column - 1, key=lambda segment: segment[0]) - 1 if column else 0
        if not own or at < 0 or len(own[at]) < 4:
            return None
        segment = own[at]
        name = self.names[segment[4]] if len(segment) > 4 and segment[4] < len(self.names) else ""
        return Original(self.files[segment[1]], segment[2] + 1, segment[3] + 1 if column else 0, name)


def map_of(file: str) -> SourceMap | None:
    """The map that a file of JavaScript names in its last line; None where it has none that can be read."""
    path = Path(file)
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        if not file.startswith("/") or path.stat().st_size > LARGEST:
            return None
        links = _LINK.findall(path.read_text(encoding="utf-8", errors="replace"))
        if not links:
            return None
        link = links[-1]
        if link.startswith("data:"):
            head, _, data = link.partition(",")
            text = base64.b64decode(data).decode() if head.endswith("base64") else unquote(data)
        else:
            path = path.parent / unquote(link)
            text = path.read_text(encoding="utf-8") if path.stat().st_size <= LARGEST else "{}"
        return _read(json.loads(text), path.parent)
    return None


def _read(told: dict[str, object], folder: Path) -> SourceMap | None:
    sources, contents = told.get("sources"), told.get("sourcesContent") or []
    if not isinstance(sources, list) or not isinstance(contents, list):
        return None
    root = str(told.get("sourceRoot") or "")
    files = [_place(root, str(source), folder) for source in sources]
    texts = {file: text for file, text in zip(files, contents, strict=False) if isinstance(text, str)}
    names = told.get("names")
    made = SourceMap(files, list(names) if isinstance(names, list) else [], texts)
    made.lines = _decoded(str(told.get("mappings") or ""))
    return made


def _place(root: str, source: str, folder: Path) -> str:
    if source.startswith("file://"):
        return unquote(source[7:])
    named = re.sub(r"^[a-z-]+://[^/]*/(\./)?", "", source)
    places = [(base / root / named).resolve() for base in (folder, *folder.parents[:UP])]
    return str(next((place for place in places if place.is_file()), places[0]))


def _decoded(mappings: str) -> list[list[tuple[int, ...]]]:
    state = [0, 0, 0, 0, 0]
    made = []
    for line in mappings.split(";"):
        state[0] = 0
        segments = []
        for text in filter(None, line.split(",")):
            differences = _numbers(text)
            for index, difference in enumerate(differences):
                state[index] += difference
            segments.append(tuple(state[: len(differences)]))
        made.append(sorted(segments))
    return made


def _numbers(text: str) -> list[int]:
    made, value, shift = [], 0, 0
    for digit in text:
        bits = _DIGITS[digit]
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            made.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return made
