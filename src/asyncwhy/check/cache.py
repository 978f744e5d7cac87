"""What is kept between runs: summaries by the content of their files, and the last answer while nothing changed.

A store is `marshal` data with a stamp and a checksum in front; marshal's format and `ast`'s trees belong to one
interpreter, so both stand in the stamp.  A store that cannot be read or written is done without.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import pickle
import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from asyncwhy.check.files import digest

#: Changes with the shapes and the judgement: an older store is thrown away.
FORMAT = 5
_STAMP = f"asyncwhy check {FORMAT} {sys.version}\n".encode()

Signature = tuple[int, int, int]
"""When a file was changed (ns), its size, and its inode: while these stay, so does its content."""


def signature(path: str) -> Signature:
    """A file's.  Raises OSError."""
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size, status.st_ino


def folder() -> Path:
    """`$XDG_CACHE_HOME/asyncwhy/check`, by default `~/.cache/asyncwhy/check`."""
    found = os.environ.get("XDG_CACHE_HOME") or ""
    base = Path(found) if os.path.isabs(found) else Path.home() / ".cache"
    return base / "asyncwhy" / "check"


@cache
def _own_sources() -> bytes:
    """What stands for our own judgement: an answer of other code or of another catalogue is no answer."""
    own = Path(__file__).parent
    files = [*own.glob("*.py"), *own.glob("*.json"), *own.parent.joinpath("catalog").rglob("*.toml")]
    return digest(repr(sorted((str(file), signature(str(file))) for file in files)).encode())


class Store:
    """The summaries of one project, packed; `name` tells projects apart."""

    def __init__(self, name: str, *, enabled: bool = True) -> None:
        self.path = folder() / (digest(name.encode("utf-8", "surrogateescape")).hex() + ".pack")
        self.enabled = enabled
        self.changed = False
        self._kept: dict[bytes, bytes] = {}
        self._seen: dict[str, tuple[Signature, bytes]] = {}
        self._used: set[bytes] = set()

    def load(self) -> None:
        """Read what was kept; an answer can be had without."""
        loaded = _read(self.path) if self.enabled else None
        if isinstance(loaded, tuple):
            self._kept, self._seen = loaded

    def get(self, key: bytes) -> bytes | None:
        """The packed summary of a content."""
        found = self._kept.get(key)
        if found is not None:
            self._used.add(key)
        return found

    def unchanged(self, path: str, now: Signature) -> bytes | None:
        """The packed summary of a file that is as it was."""
        noted = self._seen.get(path)
        return self.get(noted[1]) if noted is not None and noted[0] == now else None

    def note(self, path: str, now: Signature, key: bytes) -> None:
        """Keep which content a file has."""
        self._seen[path] = (now, key)
        self.changed = True

    def put(self, key: bytes, summary: bytes) -> None:
        """Keep one."""
        self._kept[key] = summary
        self._used.add(key)
        self.changed = True

    def save(self) -> None:
        """Write what was used, whole or not at all."""
        if self.enabled and self.changed:
            kept = {key: self._kept[key] for key in self._used}
            seen = {path: noted for path, noted in self._seen.items() if noted[1] in kept}
            _write(self.path, marshal.dumps((kept, seen)))

    def answer(self, question: object) -> Any:
        """What was answered to the same question, if the files that the answer rests on are as they were."""
        if not self.enabled:
            return None
        data = _bytes(self.path.with_suffix(".answer"))
        with contextlib.suppress(Exception):  # a broken answer is none
            asked, rests, packed = marshal.loads(data)  # noqa: S302 (ours, and its checksum fits)
            if asked == self._asked(question) and all(
                signature(path) == tuple(was) for path, was in rests.items()
            ):
                return pickle.loads(packed)  # noqa: S301
        return None

    def keep_answer(self, question: object, rests: dict[str, Signature], answer: object) -> None:
        """Keep an answer with the signatures of what it rests on."""
        if self.enabled:
            data = marshal.dumps((self._asked(question), rests, pickle.dumps(answer)))
            _write(self.path.with_suffix(".answer"), data)

    @staticmethod
    def _asked(question: object) -> bytes:
        return blake2b(repr(question).encode("utf-8", "surrogateescape") + _own_sources()).digest()


def _bytes(path: Path) -> bytes:
    """The data of a store, or nothing."""
    try:
        data = path.read_bytes()
    except OSError:
        return b""
    body = data[len(_STAMP) + 16 :]
    return body if data.startswith(_STAMP) and digest(body) == data[len(_STAMP) : len(_STAMP) + 16] else b""


def _read(path: Path) -> Any:
    try:
        return marshal.loads(_bytes(path))  # noqa: S302 (ours, and its checksum fits)
    except (ValueError, EOFError, TypeError):
        return None


def _write(path: Path, body: bytes) -> None:
    temporary = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.write_bytes(_STAMP + digest(body) + body)
        temporary.replace(path)
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)
