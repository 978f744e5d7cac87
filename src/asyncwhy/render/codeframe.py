"""Code as it was written, with its line number, and a label under what is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncwhy.render.page import Ink, Page
from asyncwhy.render.text import DOTS, cells, cut, take_end, wrap

if TYPE_CHECKING:
    from asyncwhy.model import Site

Sources = Mapping[str, Mapping[int, str]]
_LABEL = 40  # columns a label wants when it does not fit beside its underline
_AHEAD = 6  # columns of context to the left when a long line is shown from within
_NAME = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Frame:
    """Prints lines of code in one gutter, wide enough for the largest line number of its finding."""

    page: Page
    sources: Sources
    gutter: int

    def number(self, line: int | None) -> str:
        """Return the gutter's text for a line number, or for none."""
        return f"   {'' if line is None else line:>{self.gutter}} "

    @property
    def room(self) -> int:
        """Columns for code."""
        return self.page.width - len(self.number(None)) - 2

    def has(self, site: Site) -> bool:
        """Whether the source of that line is at hand."""
        return site.line in self.sources.get(site.file, {})

    def definition(self, site: Site) -> None:
        """Show the line that defines the function around the site, where it is at hand."""
        name = re.escape(site.function.rpartition(".")[2])
        define = re.compile(rf"\s*(async\s+)?def\s+{name}\b")
        lines = self.sources.get(site.file, {})
        found = [line for line in lines if line <= site.line and define.match(lines[line])]
        if found and max(found) != site.line:
            self._code(max(found), cut(self._clean(lines[max(found)].rstrip()), self.room))

    def marked(self, site: Site, label: str, mark: str, ink: Ink) -> None:
        """Show the site's line, and the label under an underline made of `mark`."""
        before, meant, after = self._split(self.sources[site.file][site.line], site)
        start, width = cells(before), max(cells(meant), 1)
        code = before + meant + after
        if cells(code) > self.room:
            if start + min(width, self.room // 2) > self.room - len(DOTS):
                before = DOTS + take_end(before, _AHEAD)
                start = cells(before)
            code = cut(before + meant + after, self.room)
        self._code(site.line, code)
        width = max(1, min(width, self.room - start))
        label = self._clean(label)
        name = _NAME.match(meant)
        if name and start + width < self.room - 1 < start + width + cells(label):
            width = min(width, cells(name[0]))  # a label beside the name is better than one below the call
        self._label(start, mark * width, label, ink)

    def _split(self, raw: str, site: Site) -> tuple[str, str, str]:
        raw = raw.rstrip()
        first = site.column - 1
        if not 0 <= first < len(raw):
            first, last = len(raw) - len(raw.lstrip()), len(raw)
        elif site.end_column is not None and site.end_column > site.column:
            last = site.end_column - 1
        else:
            name = _NAME.match(raw, first)
            last = name.end() if name else first + 1
        return self._clean(raw[:first]), self._clean(raw[first:last]), self._clean(raw[last:])

    def _clean(self, text: str) -> str:
        return self.page.clean(text.replace("\t", "    "))

    def _code(self, line: int | None, code: str) -> None:
        self.page.add((self.number(line), Ink.FAINT), ("│ ", Ink.FAINT), code)

    def _label(self, start: int, underline: str, label: str, ink: Ink) -> None:
        bar = ((self.number(None), Ink.FAINT), ("│ ", Ink.FAINT))
        left = self.room - start - len(underline) - 1
        if cells(label) <= left:
            self.page.add(*bar, " " * start, (f"{underline} {label}", ink))
            return
        self.page.add(*bar, " " * start, (underline, ink))
        start = max(0, min(start, self.room - min(cells(label), _LABEL)))
        for line in wrap(label, self.room - start):
            self.page.add(*bar, " " * start, (line, ink))


def gutter(lines: list[int]) -> int:
    """Return how many columns the largest of the line numbers needs."""
    return max([2, *(len(str(line)) for line in lines)])
