"""Damages real traces and streams for so many minutes: `python -m benchmarks.fuzz --minutes 10`.

Each case is a number, so `--only NUMBER` does one again.  Two processes: one reads, the other sees it die or hang.
With atheris installed `--guided` lets it choose the damage by what the reader has not run yet.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.fuzz import corpus, guided
from benchmarks.fuzz.mutations import HEAVY, mutated
from benchmarks.fuzz.subject import Sizes, problem

#: One case in so many floods the reader, or asks it to unpack very much.
HEAVY_EVERY = 400
#: Seconds without a word from who reads.
SILENCE_S = 60
MOST_PROBLEMS = 20


def case(paths: list[Path], number: int) -> tuple[str, bytes]:
    """(name, bytes) of the file of that number."""
    path = paths[number % len(paths)]
    data, prefix = path.read_bytes(), corpus.PREFIX[path.suffix]
    if number % HEAVY_EVERY == 1:
        chance = random.Random(number)
        return path.name, chance.choice(HEAVY)(data, prefix, chance)
    return path.name, mutated(data, prefix, number)


def _reads(paths: list[Path], first: int, ends: float, told: Connection) -> None:
    sizes, number, said = Sizes(), first, 0.0
    while time.monotonic() < ends:
        name, data = case(paths, number)
        if time.monotonic() - said > 1:
            told.send(("at", number, sizes))
            said = time.monotonic()
        Path(paths[0].parent / "now").write_text(str(number))
        wrong = problem(data, name, sizes)
        if wrong is not None:
            told.send(("problem", number, wrong))
        number += 1
    told.send(("end", number, sizes))


def fuzz(
    paths: list[Path], seconds: float, first: int, show: Callable[[str], None]
) -> tuple[int, int, Sizes]:
    """(cases, problems, largest)."""
    ends = time.monotonic() + seconds
    number, problems, sizes = first, 0, Sizes()
    while time.monotonic() < ends and problems < MOST_PROBLEMS:
        hears, tells = multiprocessing.Pipe(duplex=False)
        reader = multiprocessing.get_context("fork").Process(target=_reads, args=(paths, number, ends, tells))
        reader.start()
        tells.close()
        what = ""
        try:
            while what != "end" and problems < MOST_PROBLEMS and hears.poll(SILENCE_S):
                what, number, more = hears.recv()
                if what == "problem":
                    problems += 1
                    show(f"case {number}:\n{more}")
                else:
                    sizes = more
        except EOFError:
            pass
        if what != "end" and problems < MOST_PROBLEMS:
            problems += 1
            number = int((paths[0].parent / "now").read_text())
            show(f"case {number}: the reader died or hung")
            number += 1
        reader.kill()
        reader.join()
    return number - first, problems, sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 40), help="the first case")
    parser.add_argument("--only", type=int, help="this case alone")
    parser.add_argument("--guided", action="store_true", help="by coverage, with atheris")
    parser.add_argument("--corpus", type=Path, help="where the real files are, or are made and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.corpus or Path(scratch)
        folder.mkdir(exist_ok=True)
        paths = sorted(path for path in folder.rglob("*") if path.suffix in corpus.PREFIX) or corpus.files(
            folder
        )
        if options.only is not None:
            name, data = case(paths, options.only)
            sys.exit(problem(data, name, Sizes()))
        if options.guided:
            guided.fuzz(paths, options.minutes * 60)
        print(
            f"{len(paths)} files, {sum(path.stat().st_size for path in paths)} bytes; first case {options.seed}"
        )
        cases, problems, sizes = fuzz(paths, options.minutes * 60, options.seed, print)
    print(
        f"{cases} cases in {options.minutes:g} minutes, {problems} problems; at most {sizes.seconds:.2f} s "
        f"and {sizes.resident_kb >> 10} MB for one"
    )
    sys.exit(problems > 0)


if __name__ == "__main__":
    main()
