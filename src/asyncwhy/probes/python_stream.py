"""Brings home what the agents of a run write: their streams become chunks of the trace.

Each process appends to a file of its own in the run's folder.  `drain()` takes the whole chunks that are new
since the last call; a chunk that is still being written, or that a kill cut off, is left where it is.  The
Python agent's rows are plain unsigned 64-bit integers with `pthread` identities and absolute times (Node's the
same columns as doubles, in files that end in `.node`); the trace's are narrower, with threads counted from 1 in
each process.
"""

from __future__ import annotations

import json
import struct
import zlib
from bisect import bisect_right, insort
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from asyncwhy.probes.source_maps import SourceMap, map_of
from asyncwhy.trace import schema
from asyncwhy.trace.writer import Writer

Column = np.ndarray[Any, np.dtype[np.uint64]]
Columns = dict[str, Column]

#: The columns of the agent's raw tables (`_asyncwhy_agent/stream.py`, checked by `tests/agent/test_stream.py`).
RAW: dict[int, tuple[str, ...]] = {
    100: ("start", "end", "ready", "ref", "thread"),
    101: ("task", "start", "ready", "end", "stack", "kind", "other", "thread"),
    102: ("task", "created", "parent", "stack", "code", "name", "thread", "flags"),
    103: ("start", "end", "thread"),
    104: ("first", "last", "thread", "stack", "cpu_first", "cpu_last", "late", "count", "delay"),
    105: ("start", "end", "thread", "cpu"),
    106: ("job", "pool", "time", "thread", "task", "stack", "code"),
    107: ("job", "time", "thread"),
    108: ("job", "time", "cpu"),
    121: ("time", "thread", "loop", "stack"),
    122: ("task", "time", "how", "stack", "note", "left", "thread"),
    123: ("time", "task", "stack"),
    124: ("time", "thread", "code"),
    109: ("time", "thread", "loop", "stack"),
    115: ("task", "start", "kept"),
    116: ("task", "start", "made"),
    130: ("time", "primitive", "task", "what", "thread"),
    132: ("time", "transport", "what", "other", "thread"),
    133: ("time", "asked", "task", "maker", "thread", "stack"),
    131: ("time", "put", "primitive", "task", "thread", "stack"),
}
#: The column that says when a row's thread was that thread; "time" where nothing is said.
_TIME = {
    "steps": "start",
    "waits": "end",
    "tasks": "created",
    "idles": "start",
    "samples": "first",
    "holds": "start",
}
_RAW_CALLBACK, _RAW_TIMER, _RAW_FOREIGN = 1 << 40, 1 << 41, 1 << 62
_HEADER = struct.Struct("<IIII")
#: Strings of the host's own have numbers from here on: names of files that a source map tells.
_OWN_STRINGS = 1 << 30
#: How the name of a stream ends whose rows are doubles.
DOUBLES = ".node"
#: The largest time, beneath the bit that says more; a double beyond is nonsense.
_LARGEST = float(_RAW_FOREIGN) / 2
#: A chunk longer than this is not one of ours.
_LONGEST = 1 << 28
#: What a chunk raises whose checksum is right and whose contents are not as an agent writes them.
_NONSENSE = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


@dataclass
class _Source:
    """The stream of one process, and how far it was taken.

    `threads` maps what `pthread_self` said to (since when, number): the system gives identities again.
    """

    index: int
    doubles: bool = False
    offset: int = 0
    damaged: bool = False
    threads: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    last_thread: int = 0
    still: dict[int, list[int]] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)
    maps: dict[str, SourceMap | None] = field(default_factory=dict)
    strings: dict[str, int] = field(default_factory=dict)


class Streams:
    """All streams of one run's folder; `processes` counts them, `damaged` those that did not make sense."""

    def __init__(self, folder: Path, writer: Writer) -> None:
        self.folder = folder
        self.writer = writer
        self._sources: dict[Path, _Source] = {}

    @property
    def processes(self) -> int:
        """How many processes wrote."""
        return len(self._sources)

    @property
    def damaged(self) -> int:
        """How many streams did not make sense."""
        return sum(source.damaged for source in self._sources.values())

    def drain(self) -> None:
        """Move every whole chunk that is there into the trace; the program may have removed the folder."""
        try:
            paths = [path for path in self.folder.iterdir() if path.suffix in (".stream", DOUBLES)]
        except FileNotFoundError:
            return
        for path in sorted(paths, key=_age):
            source = self._sources.setdefault(path, _Source(len(self._sources) + 1, path.suffix == DOUBLES))
            if not source.damaged:
                with suppress(OSError), path.open("rb") as file:
                    file.seek(source.offset)
                    source.offset += self._chunks(source, file.read())

    def finish(self) -> None:
        """Take what is left, and the samples that were still going on when their process ended."""
        self.drain()
        for source in self._sources.values():
            rows = list(source.still.values())
            try:
                if rows:
                    self._table(source, 104, np.array(rows, dtype=np.uint64).reshape(-1, len(RAW[104])))
            except _NONSENSE:
                source.damaged = True

    def _chunks(self, source: _Source, data: bytes) -> int:
        position = 0
        while position + _HEADER.size <= len(data):
            kind, _, length, checksum = _HEADER.unpack_from(data, position)
            end = position + _HEADER.size + length
            if length > _LONGEST or (kind not in RAW and not schema.META <= kind <= schema.STACKS):
                source.damaged = True
                break
            if end > len(data):
                break
            payload = data[position + _HEADER.size : end]
            if zlib.crc32(payload) != checksum:
                source.damaged = True
                break
            try:
                self._take(source, kind, payload)
            except _NONSENSE:
                source.damaged = True
                break
            position = end
        return position

    def _take(self, source: _Source, kind: int, payload: bytes) -> None:
        if kind in RAW:
            rows = _whole(kind, payload) if source.doubles else np.frombuffer(payload, "<u8")
            self._table(source, kind, rows.reshape(-1, len(RAW[kind])))
        elif kind == schema.EVENTS:
            self._events(source, json.loads(payload))
        elif kind == schema.SITES and source.doubles:
            self.writer.chunk(kind, source.index, self._as_written(source, payload))
        else:
            if kind == schema.STRINGS and source.doubles:
                source.files.update((number, text) for number, text in json.loads(payload) if text[:1] == "/")
            self.writer.chunk(kind, source.index, payload)

    def _as_written(self, source: _Source, payload: bytes) -> bytes:
        """The sites of compiled JavaScript at the lines of its source, where a source map tells them."""
        sites = np.frombuffer(payload, schema.SITE).copy()
        new: list[tuple[int, str]] = []

        def string(text: str) -> int:
            number = source.strings.setdefault(text, _OWN_STRINGS + len(source.strings))
            if number == _OWN_STRINGS + len(source.strings) - 1:
                new.append((number, text))
            return number

        for site in sites:
            file = source.files.get(int(site["file"]), "")
            if file not in source.maps:
                source.maps[file] = map_of(file)
            known = source.maps[file]
            place = known.original(int(site["line"]), int(site["column"])) if known else None
            if known is None or place is None:
                continue
            if place.file in known.contents and not Path(place.file).exists():
                self.writer.sources({place.file: known.contents.pop(place.file)})
            site["file"], site["line"], site["column"] = string(place.file), place.line, place.column
            first = known.original(int(site["first_line"]), 0) if site["first_line"] else None
            site["first_line"] = first.line if first else 0
        if new:
            self.writer.json(schema.STRINGS, source.index, new)
        return sites.tobytes()

    def _events(self, source: _Source, events: list[dict[str, Any]]) -> None:
        kept = []
        for event in events:
            if event["event"] == "still":
                # The thread comes first, then the order of a sample's columns.
                source.still = {run[0]: [run[1], run[2], run[0], *run[3:]] for run in event["runs"]}
                continue
            if event["event"] == "source":
                self.writer.sources({str(event["file"]): str(event["text"])})
                continue
            if event["event"] == "thread":
                event["number"] = self._new_thread(source, event["thread"], event["time"])
            elif "thread" in event:
                event["number"] = self._number(source, event["thread"], event["time"])
            kept.append(event)
        if kept:
            self.writer.json(schema.EVENTS, source.index, kept)

    def _new_thread(self, source: _Source, identity: int, since: int) -> int:
        """A number for a thread that is new; it is never given again, and told to the trace."""
        source.last_thread += 1
        insort(source.threads.setdefault(identity, []), (since, source.last_thread))
        told = [{"event": "number", "thread": identity, "number": source.last_thread, "time": since}]
        self.writer.json(schema.EVENTS, source.index, told)
        return source.last_thread

    def _number(self, source: _Source, identity: int, time: int) -> int:
        """The number of the thread that had this identity at that time."""
        known = source.threads.get(identity)
        if known is None:
            return self._new_thread(source, identity, 0)
        return known[max(bisect_right(known, time, key=_since) - 1, 0)][1]

    def _table(self, source: _Source, kind: int, rows: np.ndarray[Any, np.dtype[np.uint64]]) -> None:
        columns: Columns = dict(zip(RAW[kind], rows.T, strict=True))
        name, dtype = schema.TABLES[kind]
        made = np.zeros(len(rows), dtype)
        if "thread" in columns:
            columns["thread"] = self._threads(source, columns["thread"], columns[_TIME.get(name, "time")])
        if name == "samples":
            self._ended_samples(source, rows)
        convert = _CONVERT.get(name)
        if convert is not None:
            convert(columns, made)
        for column in dtype.names or ():
            if column in columns and not made[column].any():
                made[column] = columns[column]
        self.writer.table(name, source.index, made)

    def _threads(self, source: _Source, identities: Column, times: Column) -> Column:
        unique, inverse = np.unique(identities, return_inverse=True)
        numbers = np.array([self._number(source, int(one), 1 << 63) for one in unique], dtype=np.uint64)[
            inverse
        ]
        for place, identity in enumerate(unique.tolist()):
            if len(source.threads[identity]) > 1:
                rows = np.flatnonzero(inverse == place)
                numbers[rows] = [self._number(source, identity, time) for time in times[rows].tolist()]
        return numbers

    def _ended_samples(self, source: _Source, rows: np.ndarray[Any, np.dtype[np.uint64]]) -> None:
        for first, _, thread, *_ in rows.tolist():
            known = source.still.get(thread)
            if known is not None and known[0] <= first:
                del source.still[thread]


def _whole(kind: int, payload: bytes) -> Column:
    """Rows of doubles as whole numbers; a step that another thread made ready has that time as a negative one."""
    values = np.nan_to_num(np.frombuffer(payload, "<f8"), nan=0.0, posinf=0.0, neginf=0.0)
    made: Column = np.minimum(np.abs(values), _LARGEST).astype(np.uint64)
    if kind == schema.KIND_OF["steps"]:
        made |= np.where(values < 0, np.uint64(_RAW_FOREIGN), np.uint64(0))
    return made


def _since(known: tuple[int, int]) -> int:
    return known[0]


def _age(path: Path) -> tuple[int, str]:
    """Streams in the order in which their processes began; the name holds the pid and the clock."""
    try:
        return int(path.stem.partition("-")[2]), path.name
    except ValueError:
        return 0, path.name


def _seconds(ns: np.ndarray[Any, np.dtype[np.uint64]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return (ns.astype(np.int64).clip(0) / 1e9).astype(np.float32)


def _steps(columns: Columns, made: np.ndarray[Any, np.dtype[np.void]]) -> None:
    start, ref = columns["start"], columns["ref"]
    made["flags"] = np.where(
        columns["ready"] & np.uint64(_RAW_FOREIGN), np.uint16(schema.FOREIGN), np.uint16(0)
    )
    ready = columns["ready"] & np.uint64(_RAW_FOREIGN - 1)
    made["run_s"] = _seconds(columns["end"] - start)
    # A handle whose scheduling was not seen has ready 0.
    made["lag_s"] = np.where(ready > 0, _seconds(start - np.minimum(ready, start)), np.float32(0))
    low = (ref & np.uint64(schema.TIMER - 1)).astype(np.uint32)
    low |= np.where(ref & np.uint64(_RAW_CALLBACK), np.uint32(schema.CALLBACK), np.uint32(0))
    low |= np.where(ref & np.uint64(_RAW_TIMER), np.uint32(schema.TIMER), np.uint32(0))
    made["ref"] = low


def _waits(columns: Columns, made: np.ndarray[Any, np.dtype[np.void]]) -> None:
    start, end = columns["start"], columns["end"]
    ready = columns["ready"] & np.uint64(_RAW_FOREIGN - 1)
    ready = np.where(ready > 0, np.clip(ready, start, end), end)
    made["wait_s"] = _seconds(end - start)
    made["await_s"] = _seconds(ready - start)


def _tasks(columns: Columns, made: np.ndarray[Any, np.dtype[np.void]]) -> None:
    name = columns["name"]
    numbered = (name & np.uint64(1 << 40)) > 0
    low = (name & np.uint64(schema.NUMBERED - 1)).astype(np.uint32)
    made["name"] = np.where(numbered, low | np.uint32(schema.NUMBERED), low)


def _idles(columns: Columns, made: np.ndarray[Any, np.dtype[np.void]]) -> None:
    made["idle_s"] = _seconds(columns["end"] - columns["start"])


def _samples(columns: Columns, made: np.ndarray[Any, np.dtype[np.void]]) -> None:
    made["late_s"] = _seconds(columns["late"])


def _losses(columns: Columns, made: np.ndarray[Any, np.dtype[np.void]]) -> None:
    made["left_s"] = _seconds(columns["left"])


_CONVERT = {
    "losses": _losses,
    "steps": _steps,
    "waits": _waits,
    "tasks": _tasks,
    "idles": _idles,
    "samples": _samples,
}
