"""Which of the user's functions a framework had called for the request that it works on."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Timeline
from asyncwhy.model import Site


class Handlers:
    """The handlers that each task called, in order of time."""

    def __init__(self, line: Timeline) -> None:
        self._called: dict[int, list[tuple[float, int]]] = defaultdict(list)
        self._places = line.process.places
        rows = np.sort(line.process.table("handlers"), order="time")
        if not len(rows) or not len(line.start):
            return
        times = line.seconds(rows["time"])
        steps = Latest(line.thread, line.start).before(rows["thread"].astype(np.int64), times)
        for time, step, code in zip(times.tolist(), steps.tolist(), rows["code"].tolist(), strict=True):
            if step >= 0:
                self._called[int(line.ref[step])].append((time, code))

    def __bool__(self) -> bool:
        return bool(self._called)

    def before(self, task: int, time: float) -> Site | None:
        """The handler that the task had called last before a time."""
        called = self._called.get(task, [])
        at = bisect_right(called, (time, 1 << 62)) - 1
        return self._site(called[at][1]) if at >= 0 else None

    def after(self, task: int, time: float) -> Site | None:
        """The handler that the task called first after a time."""
        called = self._called.get(task, [])
        at = bisect_right(called, (time, -1))
        return self._site(called[at][1]) if at < len(called) else None

    def _site(self, code: int) -> Site | None:
        place = self._places.get(code)
        return place.site if place is not None else None
