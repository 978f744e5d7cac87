"""Summaries kept between runs, by the content of their files: one store per set of checked paths.

A store is `marshal` of {digest: summary} with a stamp in front; marshal's format and `ast`'s trees belong to one
interpreter, so both stand in the stamp.  A store that cannot be read or written is done without.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from hashlib import blake2b
from pathlib import Path

from asyncwhy.check.files import digest

#: Changes with the shapes: an older store is thrown away.
FORMAT = 1
_STAMP = f"asyncwhy check {FORMAT} {sys.version}\n".encode()


def folder() -> Path:
    """`$XDG_CACHE_HOME/asyncwhy/check`, by default `~/.cache/asyncwhy/check`."""
    cache = os.environ.get("XDG_CACHE_HOME") or ""
    base = Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"
    return base / "asyncwhy" / "check"


class Store:
    """The summaries of one project, packed; `name` tells projects apart."""

    def __init__(self, name: str, *, enabled: bool = True) -> None:
        self.path = folder() / (
            blake2b(name.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest() + ".pack"
        )
        self.enabled = enabled
        self.changed = False
        self.kept: dict[bytes, bytes] = self._load() if enabled else {}

    def _load(self) -> dict[bytes, bytes]:
        try:
            data = self.path.read_bytes()
            if not data.startswith(_STAMP):
                return {}
            check, body = data[len(_STAMP) : len(_STAMP) + 16], memoryview(data)[len(_STAMP) + 16 :]
            if digest(body) != check:  # type: ignore[arg-type]
                return {}
            loaded = marshal.loads(body)  # noqa: S302 (ours, and its checksum fits)
            return loaded if isinstance(loaded, dict) else {}
        except (OSError, ValueError, EOFError, TypeError):
            return {}

    def get(self, key: bytes) -> bytes | None:
        """The packed summary of a content."""
        return self.kept.get(key)

    def put(self, key: bytes, summary: bytes) -> None:
        """Keep one."""
        self.kept[key] = summary
        self.changed = True

    def save(self, used: set[bytes] | None = None) -> None:
        """Write what is kept (of it only what was `used`), whole or not at all."""
        if not (self.enabled and self.changed):
            return
        kept = self.kept if used is None else {key: self.kept[key] for key in used if key in self.kept}
        body = marshal.dumps(kept)
        temporary = self.path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_STAMP + digest(body) + body)
            temporary.replace(self.path)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
