"""Whether the agent loses memory or references: `python -m benchmarks.leaks --steps 1000000`.

An observed program makes that many steps in ten rounds and counts after each what is allocated.  From the third round
on (by then every table of the agent has its size) nothing may grow; the same program alone says what is its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.environment import ROOT

PROGRAM = Path(__file__).with_name("programs") / "many_steps.py"
SETTLED = 2
#: What may come and go between two rounds: blocks of Python's allocator, kilobytes, references.  Of each address at which a
#: task has lain an entry stays, up to the agent's `forgetting.MOST`; one block for each step would be 700,000.
ALLOWED = {"blocks": 20_000, "resident kB": 8_000, "references": 40_000}


def rounds(python: str, steps: int, *, observed: bool, pure: bool = False) -> list[list[int]]:
    """(steps, blocks, kilobytes, references) after each round."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        given = [str(PROGRAM), str(steps), str(out)]
        told = ["-o", f"{folder}/trace", "--report", f"{folder}/report"]
        command = (
            [sys.executable, "-m", "asyncwhy", "run", *told, "--python", python] if observed else [python]
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        if pure:
            environment["ASYNCWHY_PURE_PYTHON"] = "1"
        subprocess.run([*command, *given], check=True, env=environment)
        return [[int(word) for word in line.split()] for line in out.read_text().splitlines()]


def growth(found: list[list[int]]) -> dict[str, int]:
    """How much more the last round left than the one after which all is settled."""
    return {name: found[-1][place] - found[SETTLED][place] for place, name in enumerate(ALLOWED, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--python", default=sys.executable, help="the interpreter that is observed")
    options = parser.parse_args()
    ways = {
        "alone": {"observed": False},
        "observed": {"observed": True},
        "pure": {"observed": True, "pure": True},
    }
    failed = False
    for name, how in ways.items():
        grown = growth(rounds(options.python, options.steps, **how))
        over = [what for what, value in grown.items() if value > ALLOWED[what]]
        failed |= bool(over)
        print(
            f"{name:10}",
            *(f"{what} {value:+}" for what, value in grown.items()),
            *(["LEAKS"] if over else []),
        )
    sys.exit(failed)


if __name__ == "__main__":
    main()
