"""Rows that an agent wrote as doubles: Node's, and the steps of the pure-Python recorder."""

from __future__ import annotations

from typing import Any

import numpy as np

from asyncwhy.trace import schema

#: A chunk of steps as the pure-Python recorder writes them (`_asyncwhy_agent/runs.py`): rows of three doubles.
RUNS = 125
#: The bit of a step's `ready` that another thread noted.
FOREIGN = 1 << 62
#: The largest time, beneath the bit that says more; a double beyond is nonsense.
LARGEST = float(FOREIGN) / 2

Rows = np.ndarray[Any, np.dtype[np.uint64]]


def whole(kind: int, payload: bytes) -> Rows:
    """Rows of doubles as whole numbers; a step that another thread made ready has that time as a negative one."""
    values = np.nan_to_num(np.frombuffer(payload, "<f8"), nan=0.0, posinf=0.0, neginf=0.0)
    made: Rows = np.minimum(np.abs(values), LARGEST).astype(np.uint64)
    if kind == schema.KIND_OF["steps"]:
        made |= np.where(values < 0, np.uint64(FOREIGN), np.uint64(0))
    return made


def steps_of(payload: bytes) -> Rows:
    """The rows of steps in a chunk of a run: (end or beginning in seconds, ready, reference), where a step began at the
    time of the row before it.  The first row holds the thread; a row without a reference begins anew."""
    rows = np.nan_to_num(np.frombuffer(payload, "<f8"), nan=0.0, posinf=0.0, neginf=0.0).reshape(-1, 3)
    steps = np.flatnonzero(rows[1:, 2] >= 0) + 1
    made = np.empty((len(steps), 5), np.uint64)
    when = _exactly(rows[:, 0])
    made[:, 0], made[:, 1] = when[steps - 1], when[steps]
    made[:, 2] = _exactly(np.abs(rows[steps, 1]))
    made[:, 2] |= np.where(rows[steps, 1] < 0, np.uint64(FOREIGN), np.uint64(0))
    made[:, 3] = np.clip(rows[steps, 2], 0, LARGEST).astype(np.uint64)
    made[:, 4] = np.clip(rows[0, 1], 0, LARGEST).astype(np.uint64)
    return made


def _exactly(seconds: np.ndarray[Any, np.dtype[np.float64]]) -> Rows:
    """Nanoseconds; what cannot be a time becomes the nearest that can."""
    made: Rows = (np.clip(seconds, 0, LARGEST / 1e9) * 1e9).astype(np.uint64)
    return made
