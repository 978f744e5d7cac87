"""What the HTML report and the Perfetto trace draw: the whole schedule of a run, as columns.

A *record* is one stretch of a task or callback on its loop: a node of the replay, or several neighbours of one
task folded into one where a run has more than can be drawn.  Every record has its times as the run went and, for
each what-if, those that the replay predicts: the same bar at another place.  Times are seconds of the run;
an index of -1 means none; `places` index the picture's table of places, 0 being no place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

#: What a record's time on its thread was: its step ran, or a call in it waited, computed, kept the GIL, or it
#: stood waiting for the GIL.
KINDS = ("ran", "blocked", "busy", "gil", "gil-wait")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the source, and the function that it is in."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Times:
    """When each record was released, began and ended, and when each job began and ended.

    `held` and `ready` are the seconds that a folded record spent so.  A row of `away` is a stretch in which a
    record's step leaves the loop: (record, from, until in the run as it went, from, until here).
    """

    release: Floats
    start: Floats
    end: Floats
    held: Floats
    ready: Floats
    job_start: Floats
    job_end: Floats
    away: Floats = field(default_factory=lambda: np.zeros((0, 5)))


@dataclass(frozen=True, slots=True)
class Records:
    """Sorted by row, then by time.  `row` is a task's index or, from the number of tasks on, a thread's callbacks."""

    row: Ints
    thread: Ints
    kind: Ints
    steps: Ints  # how many nodes are folded into it
    call: Ints  # place: where the time on the loop went
    awaits: Ints  # place: what it waited for before
    waker: Ints  # the record that released it


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks in the order in which they were made."""

    name: tuple[str, ...]
    parent: Ints
    created: Floats
    code: Ints  # place: its coroutine
    made: Ints  # place: the line that started it
    thread: Ints
    left_out: int = 0  # further ones that are not among them


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread; `began` and `ended` are its own, `sent` the place that started it, `target` what it was to run."""

    name: str
    role: str
    began: float
    ended: float
    cpu_s: float
    sent: int
    target: int


@dataclass(frozen=True, slots=True)
class PoolRow:
    """An executor, and where it was made."""

    name: str
    kind: str
    workers: int
    made: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs in the order of their submission; `busy` is 1 where it mostly computed."""

    pool: Ints
    worker: Ints  # thread
    task: Ints
    code: Ints  # place
    sent: Ints  # place
    submitted: Floats
    busy: Ints
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Samples:
    """What threads without a loop did, where no job says it: stretches of one kind."""

    thread: Ints
    start: Floats
    end: Floats
    busy: Ints
    place: Ints


@dataclass(frozen=True, slots=True)
class Group:
    """One process; `times` are those of the run as it went and then of each what-if."""

    pid: int
    parent: int
    began: float
    ended: float
    tasks: Tasks
    threads: tuple[ThreadRow, ...]
    pools: tuple[PoolRow, ...]
    records: Records
    jobs: Jobs
    samples: Samples
    times: tuple[Times, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a finding shows: stretches of a thread of a process, or the waits before some records."""

    group: int
    thread: int
    spans: Floats
    waits: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The run without some findings (indices into the report's), and how long it would take."""

    findings: tuple[int, ...]
    wall_s: float


@dataclass(frozen=True, slots=True)
class Annotated:
    """A file of the user's: lines by number, and the seconds that the loop was stopped, or tasks waited, there."""

    file: str
    lines: dict[int, str]
    stopped: dict[int, float]
    awaited: dict[int, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it; `marks` stand per finding of the report, in the report's own order."""

    places: tuple[Place, ...]
    groups: tuple[Group, ...]
    marks: tuple[tuple[Mark, ...], ...]
    what_ifs: tuple[WhatIf, ...]
    sources: tuple[Annotated, ...]
