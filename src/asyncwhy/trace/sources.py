"""The source texts that go into a trace: the program's own files, as they were when the run ended."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

from asyncwhy.trace.reader import Trace

#: Bytes of one file, and of all together; beyond, the lines are read from the disk when they are asked for.
LARGEST = 1_000_000
MOST = 8_000_000


def texts(trace: Trace) -> dict[str, str]:
    """File -> text of the files that the run's sites name and that are no part of Python or a library."""
    made: dict[str, str] = {}
    total = 0
    for process in trace.processes.values():
        for place in process.places.values():
            file = place.site.file
            if file in made or not _own(file, process.library):
                continue
            text = _read(Path(process.meta.get("folder", "."), file))
            if text is not None and total + len(text) <= MOST:
                made[file] = text
                total += len(text)
    return made


def _own(file: str, library: str) -> bool:
    return bool(file) and not (
        file.startswith(("<", "node:", f"{library}/"))
        or any(folder in file for folder in ("/site-packages/", "/dist-packages/", "/node_modules/"))
    )


def _read(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (OSError, ValueError, SyntaxError, LookupError):
        return None
