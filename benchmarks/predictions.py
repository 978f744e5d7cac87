"""Predictions against reality: what a sick specimen could take, and what its cured twin takes.

Both are the seconds during which a loop ran: an interpreter's start and imports would make every error look
smaller, and a twin that imports something more slower.  A loop of Node.js runs from the first async function or
callback on: nothing tells more exactly where its script stops loading.  The twin runs unobserved.  What computes in two
processes at once needs two cores of its own: on a machine that has other things to do, it is that which is measured.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.environment import HOST
from benchmarks.running import PROGRAMS
from tests.no_help import all_vain
from tests.observing import Observed, has_module, node_version, observe, observe_node
from tests.specimens import Specimen, all_specimens, node_specimens

#: What is promised (issue 3, point 3; issue 7, point 1): the median, and the largest error.
MEDIAN, LARGEST, LARGEST_NODE = 0.05, 0.20, 0.25
#: Less is no gain: the loops of two runs of one program differ by as much.
STAKE_S, STAKE = 0.010, 0.05


@dataclass(frozen=True)
class Prediction:
    """Medians, in seconds of loops: the sick program as it is and as predicted, and its cured twin as measured."""

    name: str
    took: float
    predicted: float
    measured: float
    twin_differs: str = ""

    @property
    def error(self) -> float:
        """How far the prediction is off, as a share of what was measured."""
        return (self.predicted - self.measured) / self.measured

    @property
    def at_stake(self) -> bool:
        """Whether a gain in wall time is predicted or real; a cured twin that is slower does more, and is right."""
        least = max(STAKE_S, STAKE * self.took)
        return self.took - min(self.predicted, self.measured) > least

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "error": self.error, "at_stake": self.at_stake}


def predictions(times: int, wanted: str, say: Callable[[str], None]) -> Iterator[Prediction]:
    """One for each specimen that can run here and whose name contains `wanted`."""
    cores = len(os.sched_getaffinity(0))
    for specimen in (*all_specimens(), *node_specimens()):
        if wanted not in specimen.name:
            continue
        missing = [module for module in specimen.requires if not has_module(HOST, module)]
        missing += ["Node.js"] if is_node(specimen.name) and not node_version() else []
        if missing or specimen.cores > cores:
            say(f"{specimen.name}: left out: needs {', '.join(missing) or f'{specimen.cores} cores'}")
            continue
        yield _prediction(specimen, times)


def _prediction(specimen: Specimen, times: int) -> Prediction:
    took, predicted, measured = [], [], []
    for _ in range(times):
        loops, gain = _predicted(specimen.sick)
        took.append(_measured(specimen.sick))
        predicted.append(loops - gain)
        measured.append(_measured(specimen.cured))
    medians = map(statistics.median, (took, predicted, measured))
    return Prediction(specimen.name, *medians, twin_differs=specimen.twin_differs)


def vain(times: int) -> Iterator[dict[str, Any]]:
    """Programs whose obvious fix gains nothing, as the report says: with and without it."""
    for one in all_vain():
        before, after = zip(
            *((_measured(one.asis), _measured(one.obvious)) for _ in range(times)), strict=True
        )
        took, measured = statistics.median(before), statistics.median(after)
        yield {"name": one.name, "fix": one.fix, "took": took, "measured": measured}


def _predicted(program: Path) -> tuple[float, float]:
    """Seconds of loops under asyncwhy, and how many of them it says a fix would save."""
    with tempfile.TemporaryDirectory(prefix="asyncwhy-benchmark-") as folder:
        observed = _observed(program, Path(folder))
    wall_s, possible_s = observed.report["wall_s"], observed.report["possible_s"]
    return wall_s - observed.outside_s, wall_s - possible_s


def _observed(program: Path, folder: Path) -> Observed:
    return observe(HOST, program, folder) if program.suffix == ".py" else observe_node(program, folder)


def _measured(program: Path) -> float:
    """Seconds of loops without asyncwhy, as the interpreter itself reads its clock."""
    with tempfile.TemporaryDirectory(prefix="asyncwhy-benchmark-") as folder:
        out = Path(folder, "seconds")
        command: list[str | Path] = [HOST, PROGRAMS / "timed.py", out, program]
        if program.suffix != ".py":
            command = ["node", "--require", PROGRAMS / "timed.js", program]
        variables = {**os.environ, "TIMED": str(out)}
        subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=True)
        return float(out.read_text())


def is_node(name: str) -> bool:
    """Whether a specimen of that name is one of Node.js."""
    return "/node" in name


def rows(made: list[dict[str, Any]], vains: list[dict[str, Any]]) -> list[str]:
    """The table: what gains wall time, the worst first; what cannot be compared; what gains none."""
    if not made:
        return []
    own = [one for one in made if not one["twin_differs"]]
    staked = sorted((one for one in own if one["at_stake"]), key=lambda one: -abs(one["error"]))
    told = [f"{'prediction':<42} {'sick took':>9} {'predicted':>9} {'measured':>9} {'error':>8}"]
    for runtime, most in (("Python", LARGEST), ("Node.js", LARGEST_NODE)):
        theirs = [one for one in staked if is_node(one["name"]) == (runtime == "Node.js")]
        told += [row(one) for one in theirs]
        if theirs:
            errors = [abs(one["error"]) for one in theirs]
            median, largest = _judged(statistics.median(errors), MEDIAN), _judged(max(errors), most)
            told.append(f"{len(theirs)} predictions for {runtime}: median error {median}, largest {largest}")
    told.append("no wall time at stake: the cured twin is no faster, and none was promised")
    told += [row(one).rpartition(" ")[0].rstrip() for one in own if not one["at_stake"]]
    told.append("the cured twin does something else than the fix that the report proposes")
    told += [f"{row(one)}   {one['twin_differs']}" for one in made if one["twin_differs"]]
    told.append("the obvious fix gains nothing, and the report says so beforehand")
    told += [
        f"{one['name']:<42} {one['took']:>7.3f} s {'the same':>9} {one['measured']:>7.3f} s"
        f" {one['measured'] / one['took'] - 1:>+8.1%}   {one['fix']}"
        for one in vains
    ]
    return told


def row(one: dict[str, Any]) -> str:
    """One prediction."""
    seconds = " ".join(f"{one[key]:>7.3f} s" for key in ("took", "predicted", "measured"))
    return f"{one['name']:<42} {seconds} {one['error']:>+8.1%}"


def _judged(error: float, most: float) -> str:
    return f"{error:.1%} ({'reached' if error <= most else 'MISSED'}: {most:.0%})"
