"""What the HTML report weighs, how long it takes to make, and how smoothly it is dragged in Chromium.

python -m benchmarks.page                    an empty run, 10,000, 100,000 and 1,000,000 steps
python -m benchmarks.page 100000             only so many
python -m benchmarks.page 100000 --spread    of tasks that are awake now and then for half a minute: nothing is folded
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.environment import HOST, ROOT
from benchmarks.observers import ASYNCWHY
from benchmarks.running import PROGRAMS, environment

#: Tasks of short_tasks.py, each of about four steps.
STEPS_PER_TASK = 4
MEASURE = ROOT / "web" / "browser" / "measure.mjs"


def measure(steps: int, spread: bool = False) -> dict[str, Any]:
    """The page of a run of about so many steps; 0 is a program that does next to nothing."""
    own = {**environment(ASYNCWHY), "PYTHONPATH": str(ROOT / "src")}
    with tempfile.TemporaryDirectory(prefix="asyncwhy-benchmark-") as name:
        folder = Path(name)
        program: list[str | int] = [str(PROGRAMS / "imports.py")]
        if steps and spread:
            program = [str(PROGRAMS / "spread_tasks.py"), steps]
        elif steps:
            program = [str(PROGRAMS / "short_tasks.py"), steps // STEPS_PER_TASK]
        subprocess.run(
            ASYNCWHY.command(folder, *program),
            env=own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        page = folder / "page.html"
        before = time.perf_counter()
        subprocess.run(
            [HOST, "-m", "asyncwhy", "report", "--html", "-o", page, folder / "run.asyncwhy"],
            env=own, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        made = {"asked": steps, "page_s": time.perf_counter() - before, "page_bytes": page.stat().st_size}
        return made | (_dragged(page) if steps else {})


def _dragged(page: Path) -> dict[str, Any]:
    try:
        told = subprocess.run(["node", MEASURE, page], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        return {"left_out": getattr(error, "stderr", None) or str(error)}
    return dict(json.loads(told))


def row(result: dict[str, Any]) -> str:
    """One line of the table."""
    text = f"page {result['asked']:>9,} steps  {result['page_bytes'] / 1000:8,.0f} kB  made in {result['page_s']:5.2f} s"
    if "left_out" in result:
        return f"{text}  not opened: {result['left_out'].strip()}"
    if "spans" not in result:
        return text
    return (
        f"{text}  {result['spans']:>8,} spans  first paint {result['first_paint_ms']:5.0f} ms  "
        f"{result['frames_per_s']:5.1f} frames/s  painted in {result['paint_ms']:4.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("steps", nargs="*", type=int, default=[0, 10_000, 100_000, 1_000_000])
    parser.add_argument("--spread", action="store_true", help="steps that cannot be folded")
    options = parser.parse_args()
    for steps in options.steps:
        print(row(measure(steps, options.spread)), flush=True)


if __name__ == "__main__":
    main()
