"""What a program does when its tasks are done: it joins a thread, stops a listener, empties a folder."""

from __future__ import annotations

import numpy as np

from asyncwhy.causes.draft import Draft
from asyncwhy.causes.waiting import closing_tasks


def clears_up(draft: Draft) -> bool:
    """Whether a single hold came when every other task had run for the last time, so that nobody could wait for it."""
    if len(draft.steps) != 1:
        return False
    line = draft.facts.line
    step = next(iter(draft.steps))
    others = line.is_task & (line.ref != line.ref[step]) & ~np.isin(line.ref, closing_tasks(draft.facts))
    return bool(others.any()) and bool(line.start[others].max() < line.start[step])
