"""The texts of the observed program's files: as recorded in the trace, else as they stand on the disk."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Mapping
from pathlib import Path

_LINE_END = re.compile(r"\r\n|\r|\n")
_INSTALLED = re.compile(r"[/\\](site-packages|dist-packages|python\d(\.\d+)?t?)[/\\]|^<")
_LARGEST = 8_000_000  # bytes; a larger file is generated data, and parsing it would take seconds


class Sources:
    """A mapping from path to text that reads what it lacks from the disk, once.

    `is_user` says which files are the user's own (theirs to change); without it every file outside an
    installation of Python is.
    """

    def __init__(
        self,
        texts: Mapping[str, str] | None = None,
        *,
        read_disk: bool = True,
        is_user: Callable[[str], bool] | None = None,
    ) -> None:
        """Keep `texts` as they are; the disk is asked for others only if `read_disk`."""
        self._texts: dict[str, str | None] = dict(texts or {})
        self._lines: dict[str, tuple[str, ...]] = {}
        self._read_disk = read_disk
        self._is_user = is_user

    def text(self, file: str) -> str | None:
        """The file's whole text, or None where it cannot be had."""
        if file not in self._texts:
            self._texts[file] = _read(file) if self._read_disk else None
        return self._texts[file]

    def lines(self, file: str) -> tuple[str, ...]:
        """The file's lines as Python counts them, without their ends (a form feed ends no line)."""
        if file not in self._lines:
            text = self.text(file)
            self._lines[file] = () if text is None else tuple(_LINE_END.split(text.removeprefix("\ufeff")))
        return self._lines[file]

    def files(self) -> tuple[str, ...]:
        """The files whose text is at hand."""
        return tuple(file for file, text in self._texts.items() if text is not None)

    def is_user(self, file: str) -> bool:
        """Whether the file is the user's to change."""
        if self._is_user is not None:
            return self._is_user(file)
        return _INSTALLED.search(file) is None


def _read(file: str) -> str | None:
    """The file decoded as Python would, universal newlines off; None if that fails."""
    try:
        path = Path(file)
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (OSError, ValueError, SyntaxError, LookupError):
        return None
