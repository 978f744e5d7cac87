"""The pace of the run's loops, as it was and as the replay has it."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.pace import Lags, lags
from asyncwhy.analysis.replay import Replay
from asyncwhy.model import Pace


class Paces:
    """The run's pace; what one process is changed in goes with what the others were."""

    def __init__(self, facts: Facts) -> None:
        self._lags = {
            process.process.index: lags(process, process.measured)
            for process in facts.processes
            if process.line.loops
        }
        self._processes = facts.processes

    @property
    def measured(self) -> Pace:
        """As it was."""
        return _pace(self._lags)

    def without(self, process: ProcessFacts, replay: Replay) -> Pace:
        """As it would be if one process went like its replay."""
        return self.with_replays({process.process.index: replay})

    def with_replays(self, replays: dict[int, Replay]) -> Pace:
        """As it is in the replays of some processes."""
        changed = {
            process.process.index: lags(process, replays[process.process.index])
            for process in self._processes
            if process.process.index in replays
        }
        return _pace({**self._lags, **changed})


def _pace(by_process: dict[int, Lags]) -> Pace:
    steps = [one.steps for one in by_process.values() if len(one.steps)]
    waited = sum(one.waited_s for one in by_process.values())
    if not steps:
        return Pace(0.0, 0.0, waited)
    half, worst = np.percentile(np.concatenate(steps), (50, 99)).tolist()
    return Pace(half, worst, waited)
