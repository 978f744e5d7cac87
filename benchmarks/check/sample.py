"""Findings to be read, drawn at random from releases of several packages: `precision.md` has how they were read.

.venv/bin/python -m benchmarks.check.sample FOLDER SEED COUNT PACKAGE==VERSION ...
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from asyncwhy.check.checking import check
from asyncwhy.check.settings import Settings
from asyncwhy.model import Finding
from benchmarks.check.recall import release


def drawn(folder: Path, seed: int, count: int, releases: list[str]) -> list[tuple[str, Finding]]:
    """So many of the default findings of all releases together; which ones, the seed decides."""
    findings: list[tuple[str, Finding]] = []
    lines = 0
    for one in releases:
        place = release(folder, *one.split("=="))
        checked = check([str(place)], Settings(), cached=False)
        findings += [(one, finding) for finding in checked.findings]
        lines += checked.lines
        print(f"{one}: {len(checked.findings)} in {checked.lines} lines")
    print(f"all: {len(findings)} in {lines} lines, {len(findings) * 1000 / lines:.2f} per 1,000")
    return random.Random(seed).sample(findings, min(count, len(findings)))


def main(folder: Path, seed: int, count: int, releases: list[str]) -> None:
    for number, (one, finding) in enumerate(drawn(folder, seed, count, releases), 1):
        print(f"\n{number}. {one} {finding.cause} {finding.call}: {finding.headline}")
        for site in finding.stack:
            lines = Path(site.file).read_text(encoding="utf-8").splitlines()
            print(f"   {site.file.removeprefix(f'{folder}/')}:{site.line} in {site.function}")
            print(*(f"      {text}" for text in lines[max(site.line - 7, 0) : site.line + 2]), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
