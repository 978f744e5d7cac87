"""The runs of a thread's loops by time, for programs that make loops by the thousand."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from asyncwhy.analysis.timeline import LoopRun, Timeline


class LoopRuns:
    """Those of each thread in the order in which they began, with the latest end of all up to each."""

    def __init__(self, line: Timeline) -> None:
        self._of: dict[int, list[LoopRun]] = {}
        for run in sorted(line.loops, key=_start):
            self._of.setdefault(run.thread, []).append(run)
        self._until = {
            thread: list(accumulate((run.until(line.ended) for run in runs), max))
            for thread, runs in self._of.items()
        }

    def reaches(self, thread: int, begun_by: float, until: float) -> bool:
        """Whether one that had begun by then lasted until that moment or longer."""
        at = bisect_right(self._of.get(thread, []), begun_by, key=_start) - 1
        return at >= 0 and self._until[thread][at] >= until

    def outlasting(self, thread: int, begun_by: float, moment: float) -> LoopRun | None:
        """The first that had begun by then and went on after a moment."""
        runs = self._of.get(thread, [])
        at = bisect_right(self._until.get(thread, []), moment)
        return runs[at] if at < len(runs) and runs[at].start <= begun_by else None


def _start(run: LoopRun) -> float:
    return run.start
