"""A finding and what it is made of: sites, victims, effects, remedies; and the words that have few values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
