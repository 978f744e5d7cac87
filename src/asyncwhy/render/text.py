r"""Text that is safe to print, and its width in terminal cells: cleaning, shortening, wrapping.

Names, paths and source lines come from strangers.  What could move the cursor, change colours, reorder
or hide text is written visibly (`\x1b`, `\u202e`) and never passed through.  Everything else here
takes text that is already clean.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, combining, east_asian_width

DOTS = "..."
# What may be shown stays; control, format (bidi marks, joiners), surrogate, private and unassigned
# characters and line separators do not: their effect or their width is not known.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 3  # combining marks on one character; more of them climb over the neighbouring lines
_MOST_CHARACTERS = 20_000  # of one text; the rest could not be seen anyway
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ASCII = str.maketrans(
    {
        "─": "-", "│": "|", "█": "#", "░": ".", "▓": "=", "·": ":", "✓": "+", "✗": "x",
        "…": "...", "—": "-", "–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "→": "->", "×": "x",
        "µ": "u", "\u00a0": " ",
    }
)  # fmt: skip
_UNIT = re.compile(r"(?<=\d) (?=(?:s|ms|min|h|%)\b|%)")
_GLUE = "\x00"  # stands for a blank that must not break; clean text has none of its own


def clean(text: str, ascii: bool = False) -> str:  # noqa: A002
    """Return the text with everything unprintable made visible; with `ascii` all below 128."""
    if text.isascii() and text.isprintable():
        return text
    if len(text) > _MOST_CHARACTERS:
        text = text[:_MOST_CHARACTERS] + DOTS
    if ascii:
        text = text.translate(_ASCII)
    return "".join(_visible(text, ascii))


def _visible(text: str, ascii: bool) -> list[str]:  # noqa: A002
    parts: list[str] = []
    marks = 0
    for character in text:
        if "\ufe00" <= character <= "\ufe0f":  # variation selectors make a width unforeseeable
            continue
        marks = marks + 1 if category(character) in _MARKS else 0
        hidden = category(character) in _HIDDEN or marks > _MOST_MARKS
        parts.append(_escape(character) if hidden or (ascii and character > "~") else character)
    return parts


def _escape(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


@lru_cache(maxsize=4096)
def _cell(character: str) -> int:
    if category(character) in _MARKS or combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """Return how many terminal columns clean text takes (wide characters 2, combining marks 0)."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def take(text: str, width: int) -> str:
    """Return the longest beginning that is at most `width` cells wide."""
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for index, character in enumerate(text):
        used += _cell(character)
        if used > width:
            return text[:index]
    return text


def take_end(text: str, width: int) -> str:
    """Return the longest end that is at most `width` cells wide."""
    start = len(text)
    used = 0
    while start > 0 and used + _cell(text[start - 1]) <= width:
        start -= 1
        used += _cell(text[start])
    while start < len(text) and _cell(text[start]) == 0:  # marks whose character was left out
        start += 1
    return text[start:]


def pad(text: str, width: int) -> str:
    """Return the text with blanks up to `width` cells."""
    return text + " " * (width - cells(text))


def cut(text: str, width: int) -> str:
    """Return the text, its end replaced by dots where it is wider than `width`."""
    return text if cells(text) <= width else take(text, width - len(DOTS)) + DOTS[: max(width, 0)]


def shorten(text: str, width: int) -> str:
    """Return the text, its middle replaced by dots where it is wider than `width`."""
    if cells(text) <= width:
        return text
    room = max(width - len(DOTS), 0)
    return take(text, room - room // 2) + DOTS[: max(width, 0)] + take_end(text, room // 2)


def shorten_path(path: str, width: int) -> str:
    """Return the path without its first folders (`.../pkg/app.py`) where it is wider than `width`."""
    if cells(path) <= width:
        return path
    for found in re.finditer(r"[/\\]", path):
        rest = path[found.start() :]
        if cells(rest) + len(DOTS) <= width:
            return DOTS + rest
    return shorten(re.split(r"[/\\]", path)[-1], width)


def wrap(text: str, width: int, most: int = 8) -> list[str]:
    """Break clean text into at most `most` lines; a number stays with its unit.

    A word wider than a line is shortened in its middle.
    """
    lines: list[str] = []
    line = ""
    for glued in _UNIT.sub(_GLUE, text).split():
        word = shorten(glued.replace(_GLUE, " "), width)
        if line and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], cut(lines[most - 1] + " " + DOTS, width)]
    return lines
