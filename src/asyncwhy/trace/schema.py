"""The trace's chunks and tables.  `docs/trace-format.md` describes the same for people.

A trace is a file header and then chunks, appended and never changed:

    file header    magic "asyncwhy" (8 bytes), version u32, reserved u32
    chunk header   kind u32, process u32, length of the payload u32, CRC-32 of the payload u32

All numbers are little-endian.  Times are nanoseconds of CLOCK_MONOTONIC, so the processes of one machine
merge by time.  Durations inside hot rows are 32-bit floats in seconds: 24 bits of mantissa keep a step of
10 s exact to 1 µs, which is finer than the clock reads that measured it.
"""

from __future__ import annotations

import struct

import numpy as np

MAGIC = b"asyncwhy"
VERSION = 1
FILE_HEADER = struct.Struct("<8sII")
CHUNK_HEADER = struct.Struct("<IIII")

META = 1  # JSON object: facts about a process; later ones replace earlier ones of the same name
EVENTS = 2  # JSON list of objects: what happens rarely (loops, threads, pools, warnings, children)
STRINGS = 3  # JSON list of [number, text]
SITES = 4  # rows of SITE
STACKS = 5  # u64 values: number, count, then that many site numbers, innermost first; repeated
RUN = 6  # JSON object: what the host knows about the run (command, exit code, begin and end)
SOURCES = 7  # zlib-compressed JSON object: file -> text, as it was when the run ended
END = 8  # empty: the recording was ended in good order

#: Bits of a step's `ref`; without CALLBACK it is a task's number.
CALLBACK, TIMER = 1 << 31, 1 << 30
#: Bit of a task's `name`: the rest is the N of "Task-N"; otherwise it is a string's number.
NUMBERED = 1 << 31
#: Bit of a step's `flags`: it was made ready by another thread than its loop's.
FOREIGN = 1
#: Bit of the `job` of a start or an end: a call that came from the parent's process pool, by its place among the jobs of
#: that pool.
WORK = 1 << 31
#: Bit of a task's `flags`: it was over before `create_task` returned (an eager task).
EAGER = 1

SITE = np.dtype(
    [
        (name, "<u8")
        for name in ("site", "file", "function", "line", "column", "end_line", "end_column", "first_line")
    ]
)

#: kind -> (name, row).  `start`, `created`, `time` ... are nanoseconds; `_s` columns are seconds.
TABLES: dict[int, tuple[str, np.dtype[np.void]]] = {
    100: (
        "steps",  # one stretch of a task or callback on a thread; lag_s: from could run to ran
        np.dtype(
            [
                ("start", "<u8"),
                ("run_s", "<f4"),
                ("lag_s", "<f4"),
                ("ref", "<u4"),
                ("thread", "<u2"),
                ("flags", "<u2"),
            ]
        ),
    ),
    101: (
        "waits",  # a long wait of a task: awaiting from start for await_s, ready until start + wait_s
        np.dtype(
            [
                ("start", "<u8"),
                ("wait_s", "<f4"),
                ("await_s", "<f4"),
                ("task", "<u4"),
                ("stack", "<u4"),
                ("kind", "<u4"),  # string: the class of the awaited future
                ("other", "<u4"),  # the awaited task, or 0
                ("thread", "<u4"),
            ]
        ),
    ),
    102: (
        "tasks",
        np.dtype(
            [
                ("created", "<u8"),
                ("task", "<u4"),
                ("parent", "<u4"),
                ("stack", "<u4"),
                ("code", "<u4"),  # site of the coroutine's definition
                ("name", "<u4"),
                ("thread", "<u2"),
                ("flags", "<u2"),
            ]
        ),
    ),
    103: ("idles", np.dtype([("start", "<u8"), ("idle_s", "<f4"), ("thread", "<u4")])),
    104: (
        "samples",  # a thread seen with one stack from first to last; `late_s`: how late the sampler woke
        np.dtype(
            [
                ("first", "<u8"),
                ("last", "<u8"),
                ("cpu_first", "<u8"),
                ("cpu_last", "<u8"),
                ("delay", "<u8"),  # ns that the thread stood in the system's run queue, up to `first`
                ("stack", "<u4"),
                ("thread", "<u4"),
                ("late_s", "<f4"),
                ("count", "<u4"),
            ]
        ),
    ),
    105: ("holds", np.dtype([("start", "<u8"), ("end", "<u8"), ("cpu", "<u8"), ("thread", "<u8")])),
    106: (
        "submits",
        np.dtype(
            [
                ("time", "<u8"),
                ("job", "<u4"),
                ("pool", "<u4"),
                ("task", "<u4"),
                ("stack", "<u4"),
                ("code", "<u4"),
                ("thread", "<u4"),
            ]
        ),
    ),
    107: ("starts", np.dtype([("time", "<u8"), ("job", "<u4"), ("thread", "<u4")])),
    108: ("ends", np.dtype([("time", "<u8"), ("cpu", "<u8"), ("job", "<u4"), ("pad", "<u4")])),
    121: (
        "touches",  # another thread put something into a loop without the thread-safe call
        np.dtype([("time", "<u8"), ("thread", "<u4"), ("loop", "<u4"), ("stack", "<u4"), ("pad", "<u4")]),
    ),
    122: (
        "losses",  # a task that was lost: `how` says by which way, `left_s` what its timer still had to go
        np.dtype(
            [
                ("time", "<u8"),
                ("task", "<u4"),
                ("how", "<u4"),
                ("stack", "<u4"),  # where it stood, or where its exception came up
                ("note", "<u4"),  # string: the exception's class, or the class of what it waited for
                ("left_s", "<f4"),
                ("thread", "<u4"),
            ]
        ),
    ),
    123: (
        "glances",  # where a task stood that runs very often
        np.dtype([("time", "<u8"), ("task", "<u4"), ("stack", "<u4")]),
    ),
    124: (
        "handlers",  # a framework calls the program's function that answers a request
        np.dtype([("time", "<u8"), ("thread", "<u4"), ("code", "<u4")]),
    ),
    109: (
        "wakeups",
        np.dtype([("time", "<u8"), ("thread", "<u4"), ("loop", "<u4"), ("stack", "<u4"), ("pad", "<u4")]),
    ),
    115: (
        "kept",  # of the wait with that start: how many outer frames are those of the task's wait before
        np.dtype([("start", "<u8"), ("task", "<u4"), ("kept", "<u4")]),
    ),
    116: (
        "begun",  # of the wait with that start: when what it waited for had been begun, before the wait before
        np.dtype([("start", "<u8"), ("made", "<u8"), ("task", "<u4"), ("pad", "<u4")]),
    ),
    130: (
        "asks",  # a task is about to wait for a primitive; `what`: 1 acquire, 2 get, 3 put
        np.dtype(
            [("time", "<u8"), ("primitive", "<u4"), ("task", "<u4"), ("what", "<u4"), ("thread", "<u4")]
        ),
    ),
    132: (
        "traffic",  # of connections within one host; `what`: 1 wrote, 2 read, 3 the peer is `other`, 4 made, 5 closed
        np.dtype(
            [("time", "<u8"), ("transport", "<u4"), ("what", "<u4"), ("other", "<u4"), ("thread", "<u4")]
        ),
    ),
    133: (
        "turns",  # a task began at `time` that another one had asked for at `asked`, on `stack`
        np.dtype(
            [
                ("time", "<u8"),
                ("asked", "<u8"),
                ("task", "<u4"),
                ("maker", "<u4"),
                ("thread", "<u4"),
                ("stack", "<u4"),
            ]
        ),
    ),
    131: (
        "takes",  # an item was taken from a channel in which it lay since `put`
        np.dtype(
            [
                ("time", "<u8"),
                ("put", "<u8"),
                ("primitive", "<u4"),
                ("task", "<u4"),
                ("thread", "<u4"),
                ("stack", "<u4"),  # of the first ones only
            ]
        ),
    ),
}

KIND_OF = {name: kind for kind, (name, _) in TABLES.items()}
