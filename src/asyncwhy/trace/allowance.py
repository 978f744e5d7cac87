"""What a file may ask for: a damaged or hostile one of a few kilobytes must not take gigabytes.

Memory is at most four times the file's size and a constant.  What is charged is what CPython 3.11 takes, measured with
`sys.getsizeof`; `benchmarks/fuzz` holds the reader to it.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

#: Bytes for each byte of the file, and for any file.
FACTOR, SPARE = 4, 256 << 20
#: Bytes of one chunk of JSON; the agents' own bounds keep theirs far beneath that.
LONGEST_JSON = 64 << 20
#: Bytes of all source texts of a run when they are unpacked; the writer takes 8 MB of text.
MOST_SOURCES = 64 << 20
#: Bytes for an object of JSON with its table, a list, and what stands between two commas or after a colon.
_OBJECT, _LIST, _VALUE = 190, 64, 40
#: Bytes for a process and its tables, a site of a process, and a value of its stacks.
PROCESS, SITE, STACK_VALUE = 2_000, 400, 48


class Allowance:
    """What is left of it for the file being read; whatever goes beyond raises `ValueError`."""

    def __init__(self, size: int) -> None:
        self._left = FACTOR * size + SPARE
        self._sources = MOST_SOURCES

    def spend(self, size: int) -> None:
        """So many bytes are about to be asked for."""
        self._left -= size
        if self._left < 0:
            raise ValueError("the file asks for more memory than its size accounts for")

    def json(self, payload: memoryview | bytes) -> Any:
        """The value of a chunk of JSON."""
        if len(payload) > LONGEST_JSON:
            raise ValueError("a chunk of JSON is too long")
        text = bytes(payload)
        values = text.count(b",") + text.count(b":")
        self.spend(_OBJECT * text.count(b"{") + _LIST * text.count(b"[") + _VALUE * values + len(text))
        return json.loads(text)

    def unpacked(self, payload: memoryview) -> bytes:
        """What was packed by zlib."""
        worker = zlib.decompressobj()
        data = worker.decompress(payload, self._sources + 1)
        self._sources -= len(data)
        if self._sources < 0:
            raise ValueError("sources are too large")
        return data
