"""What the agent adds to the start of an interpreter, and to its memory."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environment import ROOT, python
from benchmarks.observers import ASYNCWHY, UNOBSERVED, Observer
from benchmarks.pairs import Paired, compare
from benchmarks.running import PROGRAMS, environment, run

INJECT = ROOT / "src" / "asyncwhy" / "agents" / "python" / "inject"


def started(program: str, pairs: int) -> Paired:
    """Milliseconds of a program that does next to nothing; the host, which has a process of its own, left out."""

    def measure(observer: Observer, folder: Path) -> float:
        variables = environment(observer)
        if observer is not UNOBSERVED:
            variables |= {"ASYNCWHY_STREAM": str(folder), "PYTHONPATH": str(INJECT)}
        times = []
        for _ in range(5):
            before = time.perf_counter()
            subprocess.run([python(), PROGRAMS / program], env=variables, check=True)
            times.append(time.perf_counter() - before)
        return min(times) * 1e3

    return compare(Observer("asyncwhy", lambda _: [python()]), measure, pairs)


def memory(steps: int) -> dict[str, Any]:
    """Megabytes that the agent adds to a run, and to one ten times as long."""
    return {
        "steps": steps,
        "short_mb": _added_mb(steps),
        "long_mb": _added_mb(10 * steps),
    }


def _added_mb(steps: int) -> float:
    made = []
    for observer in (UNOBSERVED, ASYNCWHY) * 3:
        with tempfile.TemporaryDirectory(prefix="asyncwhy-benchmark-") as folder:
            out = Path(folder, "out")
            run(observer, Path(folder), "empty_steps.py", steps, out)
            made.append(int(out.read_text().split()[1]) / 1024)
    return statistics.median(made[1::2]) - statistics.median(made[0::2])
