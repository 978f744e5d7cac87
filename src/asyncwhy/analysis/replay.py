"""The what-if: the recorded schedule run again, with a cause removed.

A discrete-event simulation (`simulation.py`).  Each loop's thread is one server that takes what is ready in the
order in which it became ready; a pool is k workers that take jobs in the order of submission; what is outside
(timers, peers) takes as long as it took.  Unchanged it gives back the measured time
(`tests/analysis/test_replay.py` holds it to 5 %).  A change does what the fix would do and nothing else: a blocked
hold becomes a delay during which the loop is free, a computation moves to one of the machine's cores, a pool gets
more workers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.altered import altered
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.lookup import union
from asyncwhy.analysis.plan import Plan, plan
from asyncwhy.analysis.relink import relinked
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.simulation import Simulation
from asyncwhy.analysis.timeline import Floats


@dataclass
class Replay:
    """The schedule that came out: when each node was released, began and ended, and the last end of all.

    `progress_s` sums what tasks spent running or waiting for something outside; `busy` are the intervals in
    which a task was in flight.  `jobs` are the (start, end) of the jobs, empty where nothing was simulated.
    """

    release: Floats
    start: Floats
    end: Floats
    last: float
    progress_s: float
    in_flight_s: float
    delays: list[tuple[int, float, float]]
    jobs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def concurrency(self) -> float:
        """Mean number of tasks that make progress while any is in flight."""
        return self.progress_s / self.in_flight_s if self.in_flight_s > 0 else 0.0


def run(
    nodes: Nodes, jobs: list[Job], pools: dict[int, Pool], cores: int, change: Change | None = None
) -> Replay:
    """Simulate; `change` None gives the run back as it was."""
    count = len(nodes.start)  # parts of nodes come after them
    change = change or Change()
    if change.earlier or change.shorter:
        nodes = altered(nodes, change.earlier, change.shorter)
    nodes = change.rewired.of(nodes) if change.rewired else nodes
    nodes = relinked(nodes, change.links) if change.links else nodes
    planned = nodes.plan if not change.like else plan(nodes, change.like)
    simulated = Simulation(nodes, planned, jobs, pools, cores, change)
    simulated.run()
    release, start = np.array(simulated.release), np.array(simulated.start)
    end = start + nodes.run
    end[np.fromiter(simulated.ended, np.int64, len(simulated.ended))] = list(simulated.ended.values())
    times = (release, np.nan_to_num(start, copy=False), np.nan_to_num(end, copy=False))
    made = outcome(nodes, planned, change, times, simulated.delays)
    made.jobs = simulated.job_times
    made.release, made.start, made.end = made.release[:count], made.start[:count], made.end[:count]
    return made


def outcome(
    nodes: Nodes,
    plan: Plan,
    change: Change,
    times: tuple[Floats, Floats, Floats],
    delays: list[tuple[int, float, float]],
) -> Replay:
    """What came out, from the times (release, start, end) of all nodes."""
    release, start, end = times
    for poll in nodes.polls:  # the looks that are not needed any more
        spared = poll.looks[(start[poll.looks] > start[poll.found]) & (end[poll.found] > 0)]
        release[spared] = start[spared] = end[spared] = 0.0
    tasks = nodes.is_task & (end > 0)
    previous = plan.previous
    same_task = (previous >= 0) & (nodes.ref[previous] == nodes.ref) if len(previous) else tasks
    outside = tasks & ~np.isnan(plan.delay) & same_task
    outside |= nodes.waits_job & (nodes.previous >= 0) & (end != 0)
    outside &= ~nodes.polling
    began = np.where(outside, end[previous], release) if len(previous) else release
    left = sum(back - away for _, away, back in delays)
    running = float(nodes.run[tasks].sum()) - sum(
        cut.length for node, cuts in change.cuts.items() if tasks[node] for cut in cuts
    )
    return Replay(
        release,
        start,
        end,
        float(end[tasks].max()) if tasks.any() else 0.0,
        running + float((release - began)[tasks].sum()) + left,
        union(np.column_stack((began[tasks], end[tasks]))),
        delays,
    )


def recorded(nodes: Nodes) -> Replay:
    """The run as it was, in the same terms: nothing is simulated."""
    return outcome(nodes, nodes.plan, Change(), (nodes.release, nodes.start, nodes.end), [])
