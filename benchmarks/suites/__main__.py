"""Other people's tests with and without the agent, by both recorders: what each test does must be the same.

python -m benchmarks.suites                      all of them, about an hour
python -m benchmarks.suites asyncio trio         some
python -m benchmarks.suites --python 3.13 asyncio
python -m benchmarks.suites --kept FOLDER        keep what ran there, and go on from it
python -m benchmarks.suites --write              also write the table into benchmarks/suites/README.md
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.suites import catalogue, table
from benchmarks.suites.comparing import Compared, compare
from benchmarks.suites.running import Bench


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
    parser.add_argument(
        "--kept", type=Path, metavar="FOLDER", help="what ran is kept there, and not run again"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results there")
    parser.add_argument("--write", action="store_true", help=f"also write {table.README.name}")
    options = parser.parse_args()
    unknown = set(options.names) - set(catalogue.names())
    if unknown:
        parser.error(f"there is no suite {', '.join(sorted(unknown))}")
    if options.kept:
        options.kept.mkdir(parents=True, exist_ok=True)
    found: list[Compared] = []
    print(table.HEAD)
    for suite in catalogue.suites(options.names):
        found.append(compare(Bench(suite, options.python, options.kept), options.looks))
        print(table.row(found[-1]), flush=True)
    print(table.below(found))
    if options.json:
        options.json.write_text(json.dumps([one.data() for one in found], indent=1))
    if options.write:
        table.write(found)
    return 1 if any(one.differ for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
