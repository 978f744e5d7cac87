"""What asyncwhy costs: paired measurements beside an unobserved run and beside its peers.

python -m benchmarks                          everything, about forty minutes
python -m benchmarks steps verdict            only some
python -m benchmarks predictions              what fixes were predicted to gain, and what they gain
python -m benchmarks --peers none --pairs 15  asyncwhy alone, more exactly
python -m benchmarks --compare A.json B.json  two results (of two commits) side by side
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import plot, predictions, startup, table, verdict
from benchmarks.environment import HOST, ROOT, python
from benchmarks.observers import ASYNCWHY, PURE, chosen
from benchmarks.pairs import Measure, compare
from benchmarks.running import request_us, step_ns

PARTS = ("steps", "requests", "startup", "memory", "verdict", "predictions")
STEPS = 200_000
REQUESTS = 12_000


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--pairs", type=int, default=7, help="pairs for asyncwhy; peers get three (7)")
    parser.add_argument("--peers", default="all", help="all, none, or names with commas")
    parser.add_argument(
        "--largest", type=int, default=1_000_000, help="steps of the largest verdict (1000000)"
    )
    parser.add_argument("--times", type=int, default=5, help="runs of which a prediction's are medians (5)")
    parser.add_argument("--specimens", default="", help="only predictions of those whose name has this in it")
    parser.add_argument("--json", type=Path, help="also write the results there")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="also draw the ratios there")
    parser.add_argument("--compare", nargs=2, type=Path, metavar="JSON", help="only compare two results")
    options = parser.parse_args()
    if options.compare:
        before, after = (json.loads(path.read_text()) for path in options.compare)
        print("\n".join(table.compared(before, after)))
        return 0
    unknown = set(options.parts).difference(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    data = _measured(options)
    print("\n" + "\n".join(table.rows(data)))
    if options.json:
        options.json.write_text(json.dumps(data, indent=1))
    if options.plot:
        options.plot.write_text(plot.drawn(data))
    return 0


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    parts = options.parts or PARTS
    data: dict[str, Any] = {**_facts(parts), "paired": {}, "memory": [], "verdict": []}
    for what, measure in _paired(parts):
        results = data["paired"][what] = []
        for observer in (ASYNCWHY, PURE, *chosen(options.peers)):
            pairs = options.pairs if observer in (ASYNCWHY, PURE) else min(3, options.pairs)
            try:
                results.append(compare(observer, measure, pairs).data())
            except RuntimeError as error:
                _say(f"{what} {observer.name}: left out: {error}")
            else:
                _say(table.paired(what, results[-1]))
    if "startup" in parts:
        for what, program in (("startup-empty", "empty.py"), ("startup-asyncio", "imports.py")):
            data["paired"][what] = [startup.started(program, options.pairs).data()]
            _say(table.paired(what, data["paired"][what][0]))
    if "memory" in parts:
        data["memory"].append(startup.memory(STEPS))
        _say(table.memory(data["memory"][0]))
    if "verdict" in parts:
        for steps in _sizes(options.largest):
            for shape in verdict.SHAPES:
                data["verdict"].append(verdict.measure(steps, shape, 3 if steps <= 100_000 else 1))
                _say(table.verdict(data["verdict"][-1]))
    if "predictions" in parts:
        data |= _predicted(options)
    return data


def _predicted(options: argparse.Namespace) -> dict[str, Any]:
    made = []
    for one in predictions.predictions(options.times, options.specimens, _say):
        made.append(one.data())
        _say(predictions.row(made[-1]))
    return {"predictions": made, "vain": list(predictions.vain(options.times))}


def _paired(parts: tuple[str, ...]) -> Iterator[tuple[str, Measure]]:
    if "steps" in parts:
        yield "steps", step_ns(STEPS)
    if "requests" in parts:
        yield "aiohttp", request_us(REQUESTS, "aiohttp_server.py")
        yield "fastapi", request_us(REQUESTS, "fastapi_server.py", "asyncio", "h11")
        yield "fastapi-uvloop", request_us(REQUESTS, "fastapi_server.py", "uvloop", "h11")
        yield "uvloop-httptools", request_us(REQUESTS, "fastapi_server.py", "uvloop", "httptools")
        yield "streaming", request_us(REQUESTS // 2, "streaming_server.py")
        yield "websocket", request_us(4 * REQUESTS, "echo_server.py", kind="websocket")
        yield "aiosqlite", request_us(REQUESTS, "database_server.py")


def _sizes(largest: int) -> list[int]:
    return [steps for steps in (10_000, 100_000, 1_000_000, 10_000_000) if steps <= largest]


def _facts(parts: tuple[str, ...]) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10"], cwd=ROOT, capture_output=True, text=True
    )
    observed = HOST if set(parts) == {"predictions"} else python()
    version = subprocess.run([observed, "-V"], capture_output=True, text=True).stdout.strip()
    return {
        "commit": commit.stdout.strip(),
        "observed": version,
        "host": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
