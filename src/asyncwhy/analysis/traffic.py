"""Which step of the same process made a socket readable: programs that hold both ends of a connection."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Bools, Floats, Ints, Timeline

WROTE, READ, PAIRED, MADE, CLOSED = 1, 2, 3, 4, 5


def local_causes(line: Timeline) -> tuple[Ints, Ints, Floats, Bools]:
    """(steps that read or accepted, the steps that wrote or connected, when), for connections both ends of which
    are in this process."""
    table = np.sort(line.process.table("traffic"), order="time")
    nothing = np.zeros(0, np.int64)
    if not len(table) or not len(line.start) or not (table["what"] == PAIRED).any():
        return nothing, nothing, np.zeros(0), np.zeros(0, bool)
    finder = Latest(line.thread, line.start)
    peer = _peers(table)
    step, causing, when, closed = _reads(line, finder, table, peer)
    accepted = _accepts(line, finder, table, peer)
    step, causing = np.append(step, accepted[0]), np.append(causing, accepted[1])
    when, closed = np.append(when, accepted[2]), np.append(closed, np.zeros(len(accepted[0]), bool))
    good = (step >= 0) & (causing >= 0) & (causing < step)
    return step[good], causing[good], when[good], closed[good]


def _reads(
    line: Timeline, finder: Latest, table: np.ndarray[tuple[int], np.dtype[np.void]], peer: Ints
) -> tuple[Ints, Ints, Floats, Bools]:
    """The callbacks that read, the steps that wrote what they read, or closed, when, and whether they closed."""
    reads, writes = table[table["what"] == READ], table[np.isin(table["what"], (WROTE, CLOSED))]
    if not len(writes):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0), np.zeros(0, bool)
    step = _containing(line, finder, reads)
    before = _read_before(reads)
    at = _last_write(writes, peer[reads["transport"].astype(np.int64)], reads["time"])
    # What the transport has read up to its read before is nothing to wake up for again: only what was written since.
    since = np.where(before >= 0, reads["time"][np.maximum(before, 0)].astype(np.int64), -1)
    at[(at >= 0) & (writes["time"].astype(np.int64)[np.maximum(at, 0)] < since)] = -1
    causing = np.where(at >= 0, _containing(line, finder, writes)[np.maximum(at, 0)], -1)
    when, closed = line.seconds(writes["time"])[at], (writes["what"] == CLOSED)[at] & (at >= 0)
    rest = np.flatnonzero((at < 0) & (before >= 0) & (peer[reads["transport"].astype(np.int64)] > 0))
    rest = rest[_at_once(line, reads, before[rest], rest)]
    causing[rest], when[rest] = step[before[rest]], line.seconds(reads["time"])[before[rest]]
    return step, causing, when, closed


def _read_before(reads: np.ndarray[tuple[int], np.dtype[np.void]]) -> Ints:
    """Of each read the one before it of the same transport; -1 where it is the first."""
    order = np.argsort(reads["transport"], kind="stable")
    made = np.full(len(reads), -1)
    same = reads["transport"][order][1:] == reads["transport"][order][:-1]
    made[order[1:][same]] = order[:-1][same]
    return made


def _at_once(
    line: Timeline, reads: np.ndarray[tuple[int], np.dtype[np.void]], before: Ints, after: Ints
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the loop never idled between two reads: the second takes what the first left of one write."""
    low, high = line.seconds(reads["time"])[before], line.seconds(reads["time"])[after]
    made = np.zeros(len(before), bool)
    thread = reads["thread"][after]
    for number in np.unique(thread).tolist():
        own, idle = thread == number, line.idle_thread == number
        if idle.any():
            idles = Held(np.column_stack((line.idle_start[idle], line.idle_end[idle])))
            made[own] = idles.before(high[own]) - idles.before(low[own]) <= 0
    return made


def _peers(table: np.ndarray[tuple[int], np.dtype[np.void]]) -> Ints:
    pairs = table[table["what"] == PAIRED]
    made = np.zeros(int(max(table["transport"].max(), table["other"].max())) + 1, np.int64)
    made[pairs["transport"]], made[pairs["other"]] = pairs["other"], pairs["transport"]
    return made


def _containing(line: Timeline, finder: Latest, rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> Ints:
    """The step in which each row was noted; -1 where none was recorded."""
    time = line.seconds(rows["time"])
    step = finder.before(rows["thread"].astype(np.int64), time)
    made: Ints = np.where((step >= 0) & (line.end[np.maximum(step, 0)] >= time - 2e-7), step, -1)
    return made


def _last_write(writes: np.ndarray[tuple[int], np.dtype[np.void]], of: Ints, before: Ints) -> Ints:
    """The last write of each transport in `of` (0: none) up to a time."""
    if not len(writes):
        return np.full(len(of), -1)
    found = Latest(writes["transport"].astype(np.int64), writes["time"].astype(np.int64)).before(
        of, before.astype(np.int64)
    )
    made: Ints = np.where(of > 0, found, -1)
    return made


def _accepts(
    line: Timeline, finder: Latest, table: np.ndarray[tuple[int], np.dtype[np.void]], peer: Ints
) -> tuple[Ints, Ints, Floats]:
    """The callbacks that accepted connections, and the steps that began to connect."""
    made = table[table["what"] == MADE]
    connects = {int(row["transport"]): row for row in made[made["other"] == 1]}
    steps, causes, when = [], [], []
    for row in made[made["other"] == 0]:
        connect = connects.get(int(peer[row["transport"]]))
        if connect is None:
            continue
        rows = np.array([row, connect], dtype=table.dtype)
        served, began = _containing(line, finder, rows).tolist()
        task = line.tasks.get(int(line.ref[served])) if served >= 0 else None
        if task is None or began < 0:
            continue
        at = finder.before(np.array([task.thread]), np.array([task.created]))
        steps.append(int(at[0]))
        causes.append(began)
        when.append(float(line.seconds(connect["time"])))
    return np.array(steps, np.int64), np.array(causes, np.int64), np.array(when)
