"""Where runs are kept when nobody says where: the user's cache folder, the newest few."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from asyncwhy.errors import TraceError

#: Recorded runs kept in the cache folder.
KEPT = 20


def folder() -> Path:
    """`$XDG_CACHE_HOME/asyncwhy`, by default `~/.cache/asyncwhy`."""
    cache = os.environ.get("XDG_CACHE_HOME") or ""
    base = Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"
    return base / "asyncwhy"


def fresh() -> Path:
    """A path for a new run; older ones beyond `KEPT` are removed."""
    for old in recorded()[KEPT - 1 :]:
        with contextlib.suppress(OSError):
            old.unlink()
    return folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.trace"


def recorded() -> list[Path]:
    """The runs in the cache folder, the newest first."""
    found: list[tuple[float, Path]] = []
    for path in folder().glob("*.trace"):
        with contextlib.suppress(OSError):
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def newest() -> Path:
    """The newest run; raises `TraceError` where there is none."""
    found = recorded()
    if not found:
        raise TraceError(f"no run is recorded in {folder()}: make one with `asyncwhy run program.py`")
    return found[0]
