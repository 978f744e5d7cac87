"""Other people's tests with and without the agent: the set of those that pass must be the same.

python -m benchmarks.suites                      all of them, about an hour
python -m benchmarks.suites asyncio trio         some
python -m benchmarks.suites --python 3.13 asyncio
python -m benchmarks.suites --json FILE          also write what each test did
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.suites import catalogue, environment
from benchmarks.suites.comparing import Compared, compare


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.suites",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="SUITE", help=", ".join(catalogue.names()))
    parser.add_argument("--python", default="3.12", help="the version that runs them (3.12)")
    parser.add_argument(
        "--looks", type=int, default=3, help="how often a test that differs is looked at again (3)"
    )
    parser.add_argument("--json", type=Path, help="also write the results there")
    options = parser.parse_args()
    unknown = set(options.names) - set(catalogue.names())
    if unknown:
        parser.error(f"there is no suite {', '.join(sorted(unknown))}")
    python = environment.python(options.python)
    found = []
    print(f"{'suite':<20} {'tests':>6} {'pass':>6} {'observed':>8} {'differ':>6}  CPython {options.python}")
    for suite in catalogue.suites(options.names):
        found.append(compare(suite, python, options.looks))
        print(_row(found[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps([one.data() for one in found], indent=1))
    return 1 if any(one.differ for one in found) else 0


def _row(one: Compared) -> str:
    lines = [f"{one.suite:<20} {one.tests:>6} {one.alone:>6} {one.observed:>8} {len(one.differ):>6}"]
    lines += [f"    {test}: {alone} alone, {observed} observed" for test, alone, observed in one.differ]
    lines += [f"    {test}: {reason}" for test, reason in one.expected]
    lines += [f"    {note}" for note in one.notes]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
