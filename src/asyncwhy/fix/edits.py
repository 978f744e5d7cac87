"""Edits of a file's text, and the unified diff they make: everything that was not edited stays as it was.

A draft that would not compile is no draft: `after` is then None, and so no wrong diff is ever shown.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff

from asyncwhy.source.python_module import Module, Positioned, end_of

_LINE = re.compile(r"\r\n|\r|\n")
_DIFF_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the characters from `start` up to `end` (offsets from 0) by `text`."""

    start: int
    end: int
    text: str


class Draft:
    """One file's text with edits to come, addressed by the nodes of its tree."""

    def __init__(self, module: Module) -> None:
        """Start from the module's own text."""
        self.module = module
        self.text = module.text
        self.newline = "\r\n" if "\r\n" in module.text else "\n"
        self._starts = [len(module.text) - len(module.text.removeprefix("\ufeff"))]
        self._starts += [match.end() for match in _LINE.finditer(module.text)]
        self._edits: set[Edit] = set()

    def offset(self, line: int, byte_column: int) -> int:
        """The character offset of a position as `ast` gives it."""
        return self._starts[line - 1] + self.module.character(line, byte_column) - 1

    def start(self, node: Positioned) -> int:
        """The offset of the node's first character."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Positioned) -> int:
        """The offset after the node's last character."""
        return self.offset(*end_of(node))

    def line_start(self, line: int) -> int:
        """The offset of a line's first character; of the text's end, for a line beyond it."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.text)

    def written(self, node: Positioned) -> str:
        """The node as written."""
        return self.text[self.start(node) : self.end(node)]

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace a stretch of the text; the same edit twice is one edit."""
        self._edits.add(Edit(start, end, text))

    def insert(self, at: int, text: str) -> None:
        """Put text before the character at the offset."""
        self.replace(at, at, text)

    def after(self) -> str | None:
        """The edited text; None where nothing changed, edits overlap, or it would not compile."""
        parts: list[str] = []
        position = 0
        for edit in sorted(self._edits):
            if edit.start < position:
                return None
            parts += [self.text[position : edit.start], edit.text]
            position = edit.end
        text = "".join([*parts, self.text[position:]])
        return text if text != self.text and compiles(text) else None

    def diff(self) -> str | None:
        """The unified diff of the edits, or None where there is no `after`."""
        text = self.after()
        return None if text is None else diff_of(self.module.file, self.text, text)


def compiles(text: str) -> bool:
    """Whether the text is a Python program, `await` only where it may stand included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text.removeprefix("\ufeff"), "<draft>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def diff_of(file: str, before: str, after: str) -> str:
    """A unified diff with three lines of context, paths as given (no `a/` and `b/`)."""
    lines = unified_diff(_DIFF_LINE.findall(before), _DIFF_LINE.findall(after), file, file)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def joined(diffs: Iterable[str | None]) -> str | None:
    """The diffs of several files as one; None if any of them failed."""
    every = list(diffs)
    return None if not every or None in every else "".join(filter(None, every))


def apply_diff(diff: str, texts: dict[str, str]) -> dict[str, str] | None:
    """The texts after a diff of ours; None where a text is not what the diff was made from."""
    found: dict[str, str] = {}
    lines = _DIFF_LINE.findall(diff)
    position = 0
    while position < len(lines):
        file = lines[position].removeprefix("--- ").rstrip("\n")
        position += 2
        before, after, taken = _DIFF_LINE.findall(texts.get(file, "")), list[str](), 0
        while position < len(lines) and (hunk := _HUNK.match(lines[position])) is not None:
            old, new, position = _hunk(lines, position + 1, hunk)
            start = int(hunk[1]) - (0 if hunk[2] == "0" else 1)
            if file not in texts or before[start : start + len(old)] != old:
                return None
            after += [*before[taken:start], *new]
            taken = start + len(old)
        found[file] = "".join([*after, *before[taken:]])
    return found


def _hunk(lines: list[str], position: int, hunk: re.Match[str]) -> tuple[list[str], list[str], int]:
    """A hunk's lines before and after, and where it ends; its header's counts say how long it is."""
    old: list[str] = []
    new: list[str] = []
    while len(old) < int(hunk[2] or 1) or len(new) < int(hunk[3] or 1):
        mark, text = lines[position][0], lines[position][1:]
        position += 1
        if position < len(lines) and lines[position].startswith("\\"):
            text, position = text[:-1], position + 1
        if mark != "+":
            old.append(text)
        if mark != "-":
            new.append(text)
    return old, new, position
