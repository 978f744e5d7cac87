"""The page that the terminal renderer writes on: lines of coloured pieces, none wider than the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from asyncwhy.render.text import cells, clean, cut, shorten_path, wrap

if TYPE_CHECKING:
    from asyncwhy.model import Site

NARROWEST = 40
WIDEST = 120  # beyond it the eye loses the line
_PATH = 40  # columns that a path gets before the function beside it does
_BESIDE = 38  # the narrowest column of text that still has something beside it, to its right


class Ink(StrEnum):
    """What a piece is, as the SGR codes that colour it; a glyph or a word always says it as well."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    GOOD = "1;32"
    PARTLY = "1;33"
    BAD = "1;31"
    CAUSE = "1;36"
    FAULT = "31"
    RELATED = "36"
    ADDED = "32"
    REMOVED = "31"
    HOLDS = "31"
    READY = "33"
    RUNNING = "34"


Piece = tuple[str, Ink]


@dataclass(frozen=True, slots=True)
class Style:
    """How wide, whether coloured, and whether only ASCII."""

    width: int = 80
    colour: bool = False
    ascii: bool = False


@dataclass(slots=True)
class Page:
    """Collects lines; text from outside passes `clean` before it is measured and put on the page."""

    style: Style
    lines: list[tuple[Piece, ...]] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)  # lines that are never cut

    @property
    def width(self) -> int:
        """Columns to lay out for."""
        return min(max(self.style.width, NARROWEST), WIDEST)

    @property
    def narrow(self) -> bool:
        """Whether things that stand side by side elsewhere go below each other."""
        return self.width < 64

    def clean(self, text: str) -> str:
        """Return outside text, safe to print on this page."""
        return clean(text, self.style.ascii)

    def add(self, *pieces: str | Piece) -> None:
        """Add one line."""
        self.lines.append(tuple((p, Ink.PLAIN) if isinstance(p, str) else p for p in pieces))

    def verbatim(self, text: str, ink: Ink = Ink.PLAIN) -> None:
        """Add one line of outside text that is never cut: code that somebody may want to run."""
        self.whole.add(len(self.lines))
        self.add((self.clean(text), ink))

    def blank(self) -> None:
        """Add an empty line, unless the last one is empty or there is none."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def prose(self, text: str, first: str = "", rest: str | None = None, ink: Ink = Ink.PLAIN) -> None:
        """Add wrapped outside text: `first` stands before its first line, `rest` before the others."""
        rest = " " * cells(first) if rest is None else rest
        for index, line in enumerate(wrap(self.clean(text), self.width - cells(first))):
            self.add(first if index == 0 else rest, (line, ink))

    def pair(self, first: Piece, text: str, right: str, ink: Ink = Ink.PLAIN) -> None:
        """Add wrapped outside text with `right` at the right margin: beside it, or below when narrow."""
        head, head_ink = first
        indent = cells(head)
        beside = self.width - cells(right) - 2 if right else self.width
        below = beside - indent < _BESIDE
        lines = wrap(self.clean(text), (self.width if below else beside) - indent)
        for index, line in enumerate(lines):
            left: Piece = (head, head_ink) if index == 0 else (" " * indent, Ink.PLAIN)
            here = len(lines) - 1 if below else 0
            if right and index == here and indent + cells(line) <= beside:
                gap = " " * (self.width - indent - cells(line) - cells(right))
                self.add(left, (line, ink), gap, (right, Ink.STRONG))
                right = ""
            else:
                self.add(left, (line, ink))
        if right:
            for line in wrap(right, self.width - 3):
                self.add(" " * (self.width - cells(line)), (line, Ink.STRONG))

    def place(self, site: Site, room: int, column: bool = True, function: bool = False) -> str:
        """Return `file:line:column in function` in at most `room` cells: the path gives way first."""
        tail = f":{site.line}" + (f":{site.column}" if column and site.column > 0 else "")
        inside = f" in {self.clean(site.function)}" if function and site.function else ""
        path = self.clean(site.file)
        left = room - len(tail) - cells(inside)
        if left < min(cells(path), _PATH):
            inside, left = "", room - len(tail)
        return shorten_path(path, left) + tail + inside

    def text(self) -> str:
        """Return the page; whatever a line still has too much is cut here, so the rule always holds."""
        return "".join(
            self._line(pieces, cut_off=index not in self.whole) + "\n"
            for index, pieces in enumerate(self.lines)
        )

    def _line(self, pieces: tuple[Piece, ...], *, cut_off: bool) -> str:
        shown: list[Piece] = []
        room = self.width if cut_off else sum(cells(self.clean(text)) for text, _ in pieces)
        for text, ink in pieces:
            safe = cut(self.clean(text), room)
            room -= cells(safe)
            shown.append((safe, ink))
        while shown and not shown[-1][0].strip():
            shown.pop()
        if shown:
            shown[-1] = (shown[-1][0].rstrip(), shown[-1][1])
        return "".join(self._coloured(text, ink) for text, ink in shown)

    def _coloured(self, text: str, ink: Ink) -> str:
        return f"\x1b[{ink}m{text}\x1b[0m" if self.style.colour and ink and text.strip() else text
