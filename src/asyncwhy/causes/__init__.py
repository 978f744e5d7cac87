"""Facts -> findings: one file per cause, beside its page `<slug>.md`.

Each cause is a module with `SLUG` and `find(run) -> list[Draft]`; it answers with an empty list where the
evidence is not enough.  `diagnosis.py` lets them all look, prices what they found and makes the report.
"""

from __future__ import annotations

#: Every cause that can be found in a run, in the order in which they look: a cause that explains time
#: comes before one that would explain the same time less well.
FOUND_IN_RUNS = (
    "self-wait",
    "ran-inline",
    "blocking-call",
    "gil-held",
    "cpu-on-loop",
    "many-small-holds",
    "pool-deadlock",
    "pool-saturated",
    "serialised-by-lock",
    "concurrency-limit",
    "serial-dispatch",
    "gil-bound-threads",
    "oversubscribed",
    "thread-per-task",
    "offload-overhead",
    "await-in-loop",
    "sequential-awaits",
    "second-loop",
    "never-awaited",
    "unsafe-wakeup",
    "task-lost",
    "busy-wait",
    "loop-saturated",
    "loop-misconfigured",
)
