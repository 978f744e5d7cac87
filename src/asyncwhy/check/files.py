"""Which files are checked, and their text; whatever cannot be read is named, and the rest goes on."""

from __future__ import annotations

import os
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO

#: Folders that are never entered unless they are named; the list is ruff's.
SKIPPED = frozenset(
    ".bzr .direnv .eggs .git .git-rewrite .hg .ipynb_checkpoints .mypy_cache .nox .pants.d .pyenv .pytest_cache"
    " .pytype .ruff_cache .svn .tox .venv .vscode __pypackages__ __pycache__ _build buck-out build dist node_modules"
    " site-packages venv".split()
)
#: No hand wrote a file of this size (bytes); it is named and left out.
LARGEST = 64_000_000


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was not checked, and why, in words."""

    path: str
    line: int
    reason: str


def listed(paths: Iterable[str], exclude: Iterable[str] = ()) -> tuple[list[str], list[Unread]]:
    """The Python files at and below the paths, each once, in order; and what could not be entered."""
    found: dict[str, None] = {}
    unread: list[Unread] = []
    seen: set[tuple[int, int]] = set()
    excluded = tuple(exclude)
    for path in paths:
        if os.path.isdir(path):
            for file in _below(path, seen, unread, excluded):
                found[file] = None
        elif os.path.exists(path):
            found[path] = None
        else:
            unread.append(Unread(path, 0, "there is no such file or folder"))
    return list(found), unread


def _below(
    folder: str, seen: set[tuple[int, int]], unread: list[Unread], excluded: tuple[str, ...]
) -> Iterator[str]:
    """The files below a folder.  A folder is entered once, so links in a circle end."""
    try:
        status = os.stat(folder)
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        unread.append(Unread(folder, 0, (error.strerror or "cannot be read").lower()))
        return
    if (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    for entry in entries:
        name = entry.name
        if name.endswith(".py"):
            if entry.is_file() and not _is_excluded(entry.path, excluded):
                yield os.path.normpath(entry.path)
        elif "." not in name[1:] or not name.endswith((".pyi", ".pyc", ".so", ".txt", ".json")):
            if name not in SKIPPED and entry.is_dir() and not _is_excluded(entry.path, excluded):
                if not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                    yield from _below(entry.path, seen, unread, excluded)


def _is_excluded(path: str, excluded: tuple[str, ...]) -> bool:
    from fnmatch import fnmatch

    return any(fnmatch(path, pattern) or fnmatch(os.path.basename(path), pattern) for pattern in excluded)


def content(path: str) -> bytes:
    """The bytes of a file.  Raises OSError; ValueError where it is no file of a sensible size."""
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        if status.st_size > LARGEST:
            raise ValueError(f"larger than {LARGEST // 1_000_000} MB")
        return file.read()


def decoded(data: bytes) -> str:
    """The text of a file in the encoding that it declares.  Raises SyntaxError and ValueError."""
    try:
        text = data.decode("utf-8-sig")
        head = data[:400].split(b"\n", 2)[:2]
        if not any(b"coding" in line and line.lstrip().startswith(b"#") for line in head):
            return text
    except UnicodeDecodeError:
        pass
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"not text: {error}") from None


def digest(data: bytes) -> bytes:
    """What names a content in the cache."""
    return blake2b(data, digest_size=16).digest()
