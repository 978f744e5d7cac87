"""The words of asyncwhy as typed, frozen classes: what a report says.

One word per thing, the same in code, output, docs and tests (`docs/words.md`).  Every renderer takes
one `Report` and nothing else, so whatever a person is told stands here, or in the picture that it carries.
Times are seconds on the run's own clock (0.0 = the program's start) unless a name ends in `_ns`; lines and
columns count from 1; paths are as the program knew them.  No I/O; of ours only `picture` is imported.
"""

from __future__ import annotations

from asyncwhy.model.checked import Checked, Unread
from asyncwhy.model.comparison import Comparison, Direction, Measure, Shift
from asyncwhy.model.finding import (
    Effects,
    Evidence,
    Finding,
    Pace,
    Related,
    Remedy,
    Role,
    Safety,
    Site,
    State,
    Verdict,
    Victim,
)
from asyncwhy.model.report import (
    Concurrency,
    Handoff,
    Lane,
    Loop,
    Parallelism,
    Placement,
    Program,
    Report,
    Schedule,
    Span,
    Thread,
    Unseen,
)

SCHEMA = "asyncwhy.report/1"
CHECK_SCHEMA = "asyncwhy.check/1"
COMPARE_SCHEMA = "asyncwhy.compare/1"

__all__ = [
    "CHECK_SCHEMA",
    "COMPARE_SCHEMA",
    "SCHEMA",
    "Checked",
    "Comparison",
    "Concurrency",
    "Direction",
    "Effects",
    "Evidence",
    "Finding",
    "Handoff",
    "Lane",
    "Loop",
    "Measure",
    "Pace",
    "Parallelism",
    "Placement",
    "Program",
    "Related",
    "Remedy",
    "Report",
    "Role",
    "Safety",
    "Schedule",
    "Shift",
    "Site",
    "Span",
    "State",
    "Thread",
    "Unread",
    "Unseen",
    "Verdict",
    "Victim",
]
