"""How long the verdict takes, and what memory the host needs, on runs of several shapes and sizes."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environment import HOST, ROOT
from benchmarks.observers import ASYNCWHY
from benchmarks.running import PROGRAMS, environment

#: Program -> steps that it makes for each unit of its argument.
SHAPES = {"empty_steps.py": 1.0, "short_tasks.py": 4.0, "callbacks.py": 1.0}
#: Reads the trace's own fact of when the program ended, and counts its steps.
_READ = (
    "import sys; from pathlib import Path; from asyncwhy.trace.reader import read; t = read(Path(sys.argv[1]));"
    "print(t.run['ended'], sum(len(p.table('steps')) for p in t.processes.values()))"
)


def measure(steps: int, shape: str, pairs: int) -> dict[str, Any]:
    """Seconds from the program's end to the verdict in `run`, then of `report`, the least of `pairs` each."""
    own = {**environment(ASYNCWHY), "PYTHONPATH": str(ROOT / "src")}
    with tempfile.TemporaryDirectory(prefix="asyncwhy-benchmark-") as name:
        folder = Path(name)
        trace = folder / "run.asyncwhy"
        arguments = [round(steps / SHAPES[shape]), *([folder / "out"] if shape == "empty_steps.py" else [])]
        after, reports, memory = [], [], []
        for _ in range(pairs):
            command = ASYNCWHY.command(folder, str(PROGRAMS / shape), *arguments)
            subprocess.run(command, env=own, stdout=subprocess.DEVNULL, check=True)
            now = time.monotonic_ns()
            told = subprocess.run(
                [HOST, "-c", _READ, trace], env=own, capture_output=True, text=True, check=True
            )
            ended, counted = map(int, told.stdout.split())
            after.append((now - ended) / 1e9)
            seconds, peak = _report(trace, own)
            reports.append(seconds)
            memory.append(peak)
        return {
            "shape": shape.removesuffix(".py"),
            "asked": steps,
            "steps": counted,
            "after_run_s": min(after),
            "report_s": min(reports),
            "host_mb": max(memory),
            "trace_bytes_per_step": trace.stat().st_size / counted,
        }


def _report(trace: Path, variables: dict[str, str]) -> tuple[float, float]:
    before = time.perf_counter()
    child = subprocess.Popen(
        [HOST, "-m", "asyncwhy", "report", trace], env=variables, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"asyncwhy report ended with {child.returncode}")
    return time.perf_counter() - before, used.ru_maxrss / 1024
