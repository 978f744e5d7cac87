"""The schedule as a trace that https://ui.perfetto.dev opens: tasks, waits, holds and jobs as slices, who woke and
who sent whom as flows, what queues for each pool as a counter.

Protocol buffers written by hand: the messages are `TracePacket`, `TrackDescriptor` and `TrackEvent` of
protos/perfetto/trace/perfetto_trace.proto, whose field numbers stand below.  The tests decode it with the official
definitions.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from asyncwhy.model import Report
from asyncwhy.picture import KINDS, Group, Picture
from asyncwhy.render.text import clean

BEGIN, END, INSTANT, COUNTER = 1, 2, 3, 4
_SEQUENCE = 1
_LONGEST = 500

#: (nanoseconds, 0 for ends and 1 for what begins, packet)
Event = tuple[int, int, bytes]


def encode(report: Report) -> bytes:
    """Return the trace; `report` must have its picture."""
    assert report.picture is not None
    parts: list[bytes] = []
    events: list[Event] = []
    for index, group in enumerate(report.picture.groups):
        writer = _Writer(report.picture, group, (index + 1) << 40)
        parts.extend(writer.tracks(" ".join(report.program.argv)))
        events.extend(writer.events())
    events.sort(key=lambda event: event[:2])
    return b"".join(_packet(part) for part in (*parts, *(event[2] for event in events)))


def _packet(body: bytes) -> bytes:
    return _bytes(1, body + _number(10, _SEQUENCE))


class _Writer:
    """The packets of one process; tracks are numbered from `base`."""

    def __init__(self, picture: Picture, group: Group, base: int) -> None:
        self.picture, self.group, self.base = picture, group, base
        self.threads = base + 1
        self.pools = self.threads + len(group.threads)
        self.tasks = self.pools + len(group.pools)

    def tracks(self, command: str) -> Iterator[bytes]:
        """What the tracks are: the process, its threads, its pools, its tasks."""
        pid = self.group.pid
        yield _track(self.base, "", _bytes(3, _number(1, pid) + _string(6, command)))
        for index, row in enumerate(self.group.threads):
            thread = (
                _number(1, pid) + _number(2, pid if index == 0 else index + 1_000_000) + _string(5, row.name)
            )
            yield _track(self.threads + index, "", _number(5, self.base) + _bytes(4, thread))
        for index, pool in enumerate(self.group.pools):
            name = f"queued for {pool.name or pool.kind}"
            yield _track(self.pools + index, name, _number(5, self.base) + _bytes(8, b""))
        for index, name in enumerate(self.group.tasks.name):
            code = self.picture.places[self.group.tasks.code[index]].function.rpartition(".")[2]
            yield _track(self.tasks + index, f"{name} {code}".strip(), _number(5, self.base))

    def events(self) -> Iterator[Event]:
        """Everything that has a time."""
        yield from self._records()
        yield from self._jobs()
        samples = self.group.samples
        for at in range(len(samples.start)):
            name = ("waits", "computes")[int(samples.busy[at])]
            track = self.threads + int(samples.thread[at])
            yield from _slice(track, name, float(samples.start[at]), float(samples.end[at]))

    def _records(self) -> Iterator[Event]:
        records, times = self.group.records, self.group.times[0]
        count = len(self.group.tasks.name)
        woken = {int(waker) for waker in records.waker if waker >= 0}
        before, row_before = 0.0, -1
        for index in range(len(records.row)):
            row, waker = int(records.row[index]), int(records.waker[index])
            release, start, end = (float(one[index]) for one in (times.release, times.start, times.end))
            flows = b""
            if index in woken:
                flows += _fixed(47, self.base + index)
            if waker >= 0:
                flows += _fixed(48, self.base + waker)
            name = KINDS[int(records.kind[index])]
            place = self.picture.places[records.call[index]]
            where = f" {place.file}:{place.line}" if place.file else ""
            if row < count:
                track = self.tasks + row
                if row == row_before and release > before:
                    yield from _slice(track, self._awaited(index), before, release)
                if start > release:
                    yield from _slice(
                        track,
                        "ready, cannot start",
                        max(release, before if row == row_before else release),
                        start,
                    )
                yield from _slice(track, f"{name}{where}", start, end, flows)
            if records.thread[index] >= 0:
                own = self.group.tasks.name[row] if row < count else "callback"
                yield from _slice(self.threads + int(records.thread[index]), f"{own}: {name}", start, end)
            before, row_before = end, row

    def _awaited(self, index: int) -> str:
        place = self.picture.places[self.group.records.awaits[index]]
        return f"awaiting {place.file}:{place.line}" if place.file else "awaiting"

    def _jobs(self) -> Iterator[Event]:
        jobs, times = self.group.jobs, self.group.times[0]
        queues: dict[int, list[tuple[float, int]]] = {}
        for index in range(len(jobs.pool)):
            start, end = float(times.job_start[index]), float(times.job_end[index])
            flow = self.base + (1 << 32) + index
            if jobs.worker[index] >= 0:
                name = self.picture.places[jobs.code[index]].function or "job"
                yield from _slice(self.threads + int(jobs.worker[index]), name, start, end, _fixed(48, flow))
            submitted = float(jobs.submitted[index])
            if jobs.task[index] >= 0:
                body = _number(9, INSTANT) + _number(11, self.tasks + int(jobs.task[index]))
                yield _event(submitted, 1, body + _string(23, "sends a job") + _fixed(47, flow))
            queues.setdefault(int(jobs.pool[index]), []).extend(((submitted, 1), (start, -1)))
        for pool, changes in queues.items():
            queued = 0
            for at, change in sorted(changes) if pool >= 0 else ():
                queued += change
                yield _event(
                    at, 1, _number(9, COUNTER) + _number(11, self.pools + pool) + _number(30, max(queued, 0))
                )


def _track(uuid: int, name: str, rest: bytes) -> bytes:
    return _bytes(60, _number(1, uuid) + (_string(2, name) if name else b"") + rest)


def _slice(track: int, name: str, start: float, end: float, flows: bytes = b"") -> Iterator[Event]:
    yield _event(start, 1, _number(9, BEGIN) + _number(11, track) + _string(23, name) + flows)
    yield _event(max(end, start + 1e-9), 0, _number(9, END) + _number(11, track))


def _event(at: float, order: int, body: bytes) -> Event:
    time = max(round(at * 1e9), 0)
    return time, order, _number(8, time) + _bytes(11, body)


# --- the wire format: https://protobuf.dev/programming-guides/encoding/


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _string(field: int, text: str) -> bytes:
    return _bytes(field, clean(text)[:_LONGEST].encode("utf-8", "replace"))


def _fixed(field: int, value: int) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<Q", value)
