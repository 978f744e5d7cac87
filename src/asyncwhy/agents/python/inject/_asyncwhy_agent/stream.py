"""The stream: one file per process, in chunks of kind, process, length and checksum, then the payload.

The file is opened, appended to and closed at every flush, so that the agent holds no descriptor that the
program could close, inherit or count.  What is not written is dropped and counted.

Chunk header, little-endian: kind u32, process id u32, length of the payload u32, CRC-32 of the payload u32.
Kinds below 100 are the trace's own (`asyncwhy.trace.schema`); 100 and above are this agent's raw tables,
rows of unsigned 64-bit integers whose columns stand in `COLUMNS`.
"""

from __future__ import annotations

import json
import struct

from . import primitives as p
from .files import append

META, EVENTS, STRINGS, SITES, STACKS = 1, 2, 3, 4, 5

#: kind -> (name of the table, columns).  `probes/python_stream.py` reads the same rows.
COLUMNS = {
    100: ("steps", ("start", "end", "ready", "ref", "thread")),
    101: ("waits", ("task", "start", "ready", "end", "stack", "kind", "other", "thread")),
    102: ("tasks", ("task", "created", "parent", "stack", "code", "name", "thread", "flags")),
    103: ("idles", ("start", "end", "thread")),
    104: ("samples", ("first", "last", "thread", "stack", "cpu_first", "cpu_last", "late", "count", "delay")),
    105: ("holds", ("start", "end", "thread", "cpu")),
    106: ("submits", ("job", "pool", "time", "thread", "task", "stack", "code")),
    107: ("starts", ("job", "time", "thread")),
    108: ("ends", ("job", "time", "cpu")),
    109: ("wakeups", ("time", "thread", "loop", "stack")),
    121: ("touches", ("time", "thread", "loop", "stack")),
    122: ("losses", ("task", "time", "how", "stack", "note", "left", "thread")),
    123: ("glances", ("time", "task", "stack")),
    124: ("handlers", ("time", "thread", "code")),
    115: ("kept", ("task", "start", "kept")),
    130: ("asks", ("time", "primitive", "task", "what", "thread")),
    132: ("traffic", ("time", "transport", "what", "other", "thread")),
    131: ("takes", ("time", "put", "primitive", "task", "thread", "stack")),
}

STEPS = 100
#: A 64-bit integer.  CPython reads "L" digit by digit, but "Q", and whatever has a byte order, through a general
#: routine that takes two to three times as long.
WORD = "L" if struct.calcsize("L") == 8 else "Q"
#: The columns of a step as bytes, in the machine's own order.
pack_step = struct.Struct("5" + WORD).pack

_header = struct.Struct("<IIII")
_encode = json.dumps


def frame(kind, process, payload):
    """One chunk as bytes."""
    return _header.pack(kind, process, len(payload), p.crc32(payload)) + payload


class Stream:
    """Appends chunks to the file of this process; `failed` counts the chunks that could not be written."""

    def __init__(self, folder):
        self.process = p.process_id()
        self.path = "%s/%d-%d.stream" % (folder, self.process, p.clock())
        self.failed = 0

    def json(self, kind, value):
        return frame(kind, self.process, _encode(value).encode("utf-8", "backslashreplace"))

    def rows(self, kind, values):
        if p.type_of(values) is list:
            values = p.array(WORD, values)
        return frame(kind, self.process, bytes(values))

    def write(self, chunks):
        """Append `chunks` (bytes each); how many of them, the first ones, reached the file."""
        try:
            written = append(self.path, chunks, 0o600) if chunks else 0
        except Exception:
            written = 0
        self.failed += len(chunks) - written
        return written
