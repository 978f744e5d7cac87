"""Reads a trace.  Hot tables are arrays over the file's bytes; only names and rare events are parsed.

A file that is cut in the middle of a chunk, changed, or of a later version raises one clear error
(`TraceTruncated`, `TraceCorrupt`, `TraceTooNew`); one that merely lacks its end is read, and says so.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from asyncwhy.errors import TraceCorrupt, TraceError, TraceTooNew, TraceTruncated
from asyncwhy.model import Site
from asyncwhy.trace import schema
from asyncwhy.trace.allowance import PROCESS, SITE, STACK_VALUE, Allowance

#: A chunk of a hot table shorter than this (bytes) is copied.
SHORT = 4096

T = TypeVar("T")
Rows = np.ndarray[Any, np.dtype[Any]]


@dataclass(slots=True)
class Place:
    """A site of a process's table: a place in a function that begins at `first_line`."""

    site: Site
    first_line: int


@dataclass
class Process:
    """All that one process recorded."""

    index: int
    meta: dict[str, Any] = field(default_factory=dict)
    strings: dict[int, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    stacks: dict[int, tuple[int, ...]] = field(default_factory=dict)
    parts: dict[str, list[memoryview | bytearray]] = field(default_factory=dict)
    _tables: dict[str, Rows] = field(default_factory=dict)

    def table(self, name: str) -> Rows:
        """All rows of a hot table, in the order of writing."""
        made = self._tables.get(name)
        if made is None:
            dtype = schema.TABLES[schema.KIND_OF[name]][1]
            parts = [np.frombuffer(part, dtype) for part in self.parts.pop(name, [])]
            made = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype), *parts])
            self._tables[name] = made
        return made

    def take_rows(self, kind: int, payload: memoryview) -> None:
        """Rows of a hot table; those of short chunks are gathered, since each part takes memory of its own."""
        name, dtype = schema.TABLES[kind]
        if len(payload) % dtype.itemsize:
            raise ValueError("a row is cut off")
        parts = self.parts.setdefault(name, [])
        if len(payload) >= SHORT:
            parts.append(payload)
        elif parts and isinstance(parts[-1], bytearray):
            parts[-1] += payload
        else:
            parts.append(bytearray(payload))

    def named(self, what: str) -> list[dict[str, Any]]:
        """The rare events of one kind, in order."""
        return [event for event in self.events if event.get("event") == what]

    def stack(self, number: int) -> tuple[Site, ...]:
        """The sites of a stack, innermost first; empty where it was not recorded."""
        return tuple(self.places[site].site for site in self.stacks.get(number, ()) if site in self.places)

    @cached_property
    def library(self) -> str:
        """The folder of the standard library."""
        return str(self.meta.get("library", ""))


@dataclass
class Trace:
    """A whole run: what the host knew, and each process."""

    path: Path
    run: dict[str, Any] = field(default_factory=dict)
    processes: dict[int, Process] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    ended: bool = False


def read(path: Path) -> Trace:
    """The trace in `path`; raises `TraceError` and its kinds."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
    except OSError as error:
        raise TraceError(f"cannot read the trace {path}: {error.strerror}") from None
    trace, allowance = Trace(path), Allowance(len(data))
    for kind, index, payload in _chunks(path, data):
        try:
            _take(trace, allowance, kind, index, payload)
        except (ValueError, KeyError, TypeError, IndexError, OverflowError, zlib.error, RecursionError):
            raise TraceCorrupt(
                f"{path} is not a whole trace: a chunk of kind {kind} makes no sense"
            ) from None
    return trace


def _chunks(path: Path, data: bytes | mmap.mmap) -> Iterator[tuple[int, int, memoryview]]:
    view = memoryview(data)
    header = schema.FILE_HEADER.size
    if len(view) < header:
        raise TraceTruncated(f"{path} is too short to be a trace ({len(view)} bytes)")
    magic, version, _ = schema.FILE_HEADER.unpack_from(view)
    if magic != schema.MAGIC:
        raise TraceCorrupt(f"{path} is not an asyncwhy trace")
    if version > schema.VERSION:
        raise TraceTooNew(
            f"{path} was written by a later asyncwhy (format {version}; this one reads up to {schema.VERSION})"
        )
    offset = header
    while offset < len(view):
        if offset + schema.CHUNK_HEADER.size > len(view):
            raise TraceTruncated(f"{path} is cut off after {len(view)} bytes, in the middle of a chunk")
        kind, index, length, checksum = schema.CHUNK_HEADER.unpack_from(view, offset)
        offset += schema.CHUNK_HEADER.size
        payload = view[offset : offset + length]
        if len(payload) < length:
            raise TraceTruncated(f"{path} is cut off after {len(view)} bytes, in the middle of a chunk")
        if zlib.crc32(payload) != checksum:
            raise TraceCorrupt(f"{path} is damaged: the checksum of the chunk at byte {offset} is wrong")
        offset += length
        yield kind, index, payload


def _take(trace: Trace, allowance: Allowance, kind: int, index: int, payload: memoryview) -> None:
    if kind == schema.RUN:
        trace.run.update(_of(dict, allowance.json(payload)))
        return
    if kind == schema.SOURCES:
        trace.sources.update(_of(dict, allowance.json(allowance.unpacked(payload))))
        return
    if kind == schema.END:
        trace.ended = True
        return
    process = trace.processes.get(index)
    if process is None:
        allowance.spend(PROCESS)
        process = trace.processes[index] = Process(index)
    if kind in schema.TABLES:
        process.take_rows(kind, payload)
    elif kind == schema.META:
        process.meta.update(_of(dict, allowance.json(payload)))
    elif kind == schema.EVENTS:
        process.events.extend(_of(dict, event) for event in _of(list, allowance.json(payload)))
    elif kind == schema.STRINGS:
        for number, text in _of(list, allowance.json(payload)):
            process.strings[_of(int, number)] = _of(str, text)
    elif kind == schema.SITES:
        rows = np.frombuffer(payload, schema.SITE)
        allowance.spend(len(rows) * SITE)
        _sites(process, rows)
    elif kind == schema.STACKS:
        allowance.spend(len(payload) // 8 * STACK_VALUE)
        _stacks(process, np.frombuffer(payload, "<u8").tolist())


def _of(kind: type[T], value: Any) -> T:
    """The value, if it is of that kind."""
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


def _sites(process: Process, rows: Rows) -> None:
    strings = process.strings
    for number, file, function, line, column, end_line, end_column, first in rows.tolist():
        end = end_column if end_line == line and end_column > column else None
        site = Site(strings.get(file, ""), line, column, strings.get(function, ""), end)
        process.places[number] = Place(site, first)


def _stacks(process: Process, values: list[int]) -> None:
    position = 0
    while position < len(values):
        number, length = values[position], values[position + 1]
        sites = values[position + 2 : position + 2 + length]
        if len(sites) < length:
            raise ValueError("a stack is cut off")
        process.stacks[number] = tuple(sites)
        position += 2 + length
