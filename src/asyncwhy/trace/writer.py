"""Writes a trace: append-only, one `write` per chunk, so that what a crash leaves is whole up to it.

Where the disk takes no more, the file is cut back to its last whole chunk and stays as it is.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from asyncwhy.errors import TraceUnwritable
from asyncwhy.trace import schema


class Writer:
    """Makes the file at once, so that an unwritable place is told before the program starts.

    Raises `TraceUnwritable` where the file cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._refused = ""  # once it could not be written, nothing more is: a trace has no holes
        self._whole = schema.FILE_HEADER.size
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise TraceUnwritable(f"cannot write the trace {path}: {error.strerror}") from None
        try:
            self._file.write(schema.FILE_HEADER.pack(schema.MAGIC, schema.VERSION, 0))
        except OSError as error:
            self._file.close()
            raise TraceUnwritable(f"cannot write the trace {path}: {error.strerror}") from None

    def chunk(self, kind: int, process: int, payload: bytes) -> None:
        """Append one chunk."""
        header = schema.CHUNK_HEADER.pack(kind, process, len(payload), zlib.crc32(payload))
        data = memoryview(header + payload)
        if self._refused:
            raise TraceUnwritable(self._refused)
        try:
            while data:
                data = data[self._file.write(data) :]  # a disk that is nearly full takes a part
            self._whole += len(header) + len(payload)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self._whole)
            self._refused = f"cannot write the trace {self.path}: {error.strerror}"
            raise TraceUnwritable(self._refused) from None

    def json(self, kind: int, process: int, value: Any) -> None:
        """Append a chunk whose payload is JSON."""
        self.chunk(kind, process, json.dumps(value).encode("utf-8", "surrogatepass"))

    def table(self, name: str, process: int, rows: np.ndarray[Any, np.dtype[np.void]]) -> None:
        """Append rows of a hot table."""
        if len(rows):
            self.chunk(schema.KIND_OF[name], process, rows.tobytes())

    def sources(self, texts: dict[str, str]) -> None:
        """Append the source texts, compressed."""
        self.chunk(schema.SOURCES, 0, zlib.compress(json.dumps(texts).encode("utf-8", "surrogatepass")))

    def close(self) -> None:
        """End the trace in good order."""
        self.chunk(schema.END, 0, b"")
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
