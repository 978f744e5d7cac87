"""What is said of one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncwhy.model.finding import Finding, Pace, Role, Site, State, Verdict

if TYPE_CHECKING:
    from asyncwhy.picture import Picture


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
    """One operating-system thread of the program; `ran_code`: the program's own code ran on it, not only a library's."""

    name: str
    os_id: int
    process: int
    role: Role
    started_by: Site | None
    cpu_s: float
    ran_code: bool = True


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
    """What was observed.  `exit_code` is negative for a signal, None where it was never seen; `exception` is the
    type of the one that ended it, and where it was raised."""

    argv: tuple[str, ...]
    runtime: str
    runtime_version: str
    frameworks: tuple[str, ...]
    exit_code: int | None
    processes: int
    exception: str | None = None


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
