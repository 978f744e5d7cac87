"""The words of asyncwhy as typed, frozen classes: what a report says.

One word per thing, the same in code, output, docs and tests (`docs/words.md`).  Every renderer takes
one `Report` and nothing else, so whatever a person is told stands here, or in the picture that it carries.
Times are seconds on the run's own clock (0.0 = the program's start) unless a name ends in `_ns`; lines and
columns count from 1; paths are as the program knew them.  No I/O; of ours only `picture` is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncwhy.picture import Picture

SCHEMA = "asyncwhy.report/1"
CHECK_SCHEMA = "asyncwhy.check/1"
COMPARE_SCHEMA = "asyncwhy.compare/1"


class Verdict(StrEnum):
    """What the run turned out to be."""

    ASYNCHRONOUS = "asynchronous"
    PARTLY = "partly"
    NOT_ASYNCHRONOUS = "not-asynchronous"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """How a finding is known."""

    MEASURED = "measured"
    INFERRED = "inferred"
    STATIC = "static"


class Safety(StrEnum):
    """What applying a remedy may do to the program's behaviour."""

    SAFE = "safe"
    CHANGES_BEHAVIOUR = "changes-behaviour"
    SKETCH = "sketch"


class State(StrEnum):
    """What a lane shows at a moment."""

    HOLDS = "holds"  # a step of this task is on the loop
    READY = "ready"  # what it waited for is done; the loop has not taken it up
    AWAITING = "awaiting"  # what it waits for is not done
    RUNNING = "running"  # a thread or worker runs user code off the loop
    QUEUED = "queued"  # a job waits for a worker
    IDLE = "idle"


class Role(StrEnum):
    """What a thread is for."""

    EVENT_LOOP = "event-loop"
    POOL_WORKER = "pool-worker"
    USER = "user"
    RUNTIME = "runtime"


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the source: `end_column` is exclusive and on the same line, None where unknown."""

    file: str
    line: int
    column: int
    function: str
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a finding: `role` is a short phrase such as "called from"."""

    role: str
    site: Site
    note: str = ""


@dataclass(frozen=True, slots=True)
class Victim:
    """A line that suffered: how often, and how late (seconds, summed) it was taken up."""

    site: Site
    count: int
    late_s: float


@dataclass(frozen=True, slots=True)
class Effects:
    """What a finding cost besides wall time, in the measure that hurts; zero where not concerned."""

    late_s: float = 0.0
    cpu_s: float = 0.0
    threads: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon what could run did: how late half of all steps began at most, and 99 of a hundred; and what tasks
    waited in all for the loop, for workers, locks and limits (of a server: its requests)."""

    lag_p50_s: float
    lag_p99_s: float
    waited_s: float


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to mend a finding; `diff` is a unified diff, or None where only words can be given."""

    title: str
    safety: Safety
    diff: str | None = None
    possible_s: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause at a site, with count, cost, gain, evidence and remedy.

    `call` is the callable's dotted name (`time.sleep`); `operation` one of the catalogue's kinds
    (sleep, net, disk, dns, subprocess, db, lock, cpu, ...).  `stack` runs from the innermost site
    outwards.  `label` says what was measured at `site` ("the loop was stopped 2.00 s, 1.00 s, 3.00 s"),
    `headline` is the finding's first line, `message` one whole sentence that stands alone.
    `cost_s` is the time lost at the site; `gain_s` what the replay saves when the cause is removed;
    `possible_s` the replayed duration of the run, `possible_pace` its pace.  They are None where they cannot be
    known; the first two, for a run that never ends by itself.
    """

    cause: str
    site: Site
    call: str
    operation: str
    inside_library: str | None
    stack: tuple[Site, ...]
    started_by: Site | None
    related: tuple[Related, ...]
    victims: tuple[Victim, ...]
    count: int
    cost_s: float | None
    gain_s: float | None
    possible_s: float | None
    effects: Effects
    evidence: Evidence
    message: str
    remedies: tuple[Remedy, ...]
    headline: str = ""
    label: str = ""
    possible_pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """One event loop: lag is the time from *could run* to *ran*."""

    thread: str
    process: int
    implementation: str
    steps: int
    held_s: float
    longest_hold_s: float
    lag_p50_s: float
    lag_p99_s: float
    idle_s: float


@dataclass(frozen=True, slots=True)
class Thread:
    """One operating-system thread that ran code of the program."""

    name: str
    os_id: int
    process: int
    role: Role
    started_by: Site | None
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Handoff:
    """Who sent work to another thread, loop or process: the line, and the stack from it outwards."""

    site: Site
    stack: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Which threads a function ran on, how it got there, and why, in words."""

    function: str
    file: str
    line: int
    threads: tuple[str, ...]
    count: int
    run_s: float
    how: str
    sent_by: Handoff | None
    why: str
    queued: int = 0
    queued_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a lane."""

    start_s: float
    end_s: float
    state: State


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the picture: a task, thread or pool; `like` counts further ones folded into it."""

    name: str
    kind: str  # "task", "thread" or "pool"
    process: int
    spans: tuple[Span, ...]
    parent: str | None = None
    like: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """What was drawn: the lanes as the run really went, and as the replay has them without findings."""

    lanes: tuple[Lane, ...] = ()
    replayed: tuple[Lane, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """What was observed.  `exit_code` is negative for a signal, None where it was never seen."""

    argv: tuple[str, ...]
    runtime: str
    runtime_version: str
    frameworks: tuple[str, ...]
    exit_code: int | None
    processes: int


@dataclass(frozen=True, slots=True)
class Concurrency:
    """Mean number of tasks that make progress (running, or awaiting something outside the program)
    while any task is in flight; `possible` is the same in the replay without the findings."""

    achieved: float
    possible: float


@dataclass(frozen=True, slots=True)
class Parallelism:
    """CPU seconds of all threads of the run, and that over the wall time (`cores_used`)."""

    cpu_s: float
    cores_used: float
    cores: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the observation cost and could not see.

    `recorder` says what wrote the steps down: `native` (the C recorder), `python`, or `mixed` where processes differ.
    """

    dropped_events: int
    agent_cpu_s: float
    notes: tuple[str, ...]
    recorder: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer.  `reason` is the verdict's sentence; `explanation` says why a healthy program
    takes the time it takes, or what to try where the verdict is unknown, and which fixes suggest themselves
    and would gain nothing; `pace` is that of the run, `possible_pace` that of its replay without the findings
    (None where nothing was replayed); `sources` holds the lines that the sites stand on: file -> line number -> text.
    `picture` is there only for those who draw it."""

    program: Program
    verdict: Verdict
    reason: str
    wall_s: float
    possible_s: float
    concurrency: Concurrency
    parallelism: Parallelism
    loops: tuple[Loop, ...] = ()
    threads: tuple[Thread, ...] = ()
    placements: tuple[Placement, ...] = ()
    findings: tuple[Finding, ...] = ()
    unseen: Unseen = Unseen(0, 0.0, ())
    pace: Pace = Pace(0.0, 0.0, 0.0)
    possible_pace: Pace | None = None
    explanation: tuple[str, ...] = ()
    schedule: Schedule = Schedule()
    sources: dict[str, dict[int, str]] = field(default_factory=dict)
    trace: str | None = None
    picture: Picture | None = None


class Direction(StrEnum):
    """Which way something went from one run to another."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Shift:
    """One finding in two runs: None where it is not there."""

    before: Finding | None
    after: Finding | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of two runs; `unit` is "s", "x" (a number as it is) or "verdict"."""

    name: str
    before: float
    after: float
    unit: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs: what became better or worse.  `shifts` has the worse ones first."""

    before: Report
    after: Report
    direction: Direction
    measures: tuple[Measure, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that `check` could not read: where, and why, in words; line 0 where it is about the whole file."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found in source.  `hints` counts the findings that were left out for lack of confidence,
    `suppressed` those with a comment and `known` those of the baseline; `unused` are the comments that
    suppress nothing."""

    findings: tuple[Finding, ...]
    files: int
    lines: int
    unread: tuple[Unread, ...] = ()
    hints: int = 0
    suppressed: int = 0
    known: int = 0
    unused: tuple[Site, ...] = ()
    sources: dict[str, dict[int, str]] = field(default_factory=dict)
