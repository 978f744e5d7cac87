"""How many real blocking bugs `asyncwhy check` finds, and whether it is silent once they are mended, beside ruff.

    .venv/bin/python -m benchmarks.check.recall FOLDER

`bugs.json` has calls in an `async def` that a later release of the same package hands to a thread (or replaces by an
asynchronous call); it was drawn by comparing the syntax trees of two releases (`drawing`), not by running `check`.  The
releases are fetched from PyPI into FOLDER.  A bug counts as found if its line is the site of a finding or stands on its
path.  `where` says what it takes to see it: the call blocks by itself, through a helper of the same file, across modules,
or inside an SDK; what an SDK needs to be seen stands in `needs` and is installed beside the release.  `drawn` tells the
sets apart: what was built against one of them, is measured on the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from asyncwhy.check.checking import check
from asyncwhy.check.settings import Settings

BUGS = Path(__file__).with_name("bugs.json")
Lines = dict[str, set[int]]


def release(folder: Path, package: str, version: str) -> Path:
    """The Python files of a release."""
    place = folder / f"{package}-{version}"
    if not place.is_dir():
        fetched = folder / f"fetched-{package}-{version}"
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(fetched)]
        subprocess.run([*command, f"{package}=={version}"], check=True)
        (archive,) = fetched.iterdir()
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(place)
        else:
            with tarfile.open(archive) as sdist:
                sdist.extractall(place, filter="data")
    inner = [
        one for one in place.iterdir() if one.is_dir() and version in one.name and one.suffix != ".dist-info"
    ]
    return inner[0] if inner else place


def environment(folder: Path, needs: list[str]) -> str | None:
    """An environment with the packages that bugs lie in, without what those need in turn."""
    if not needs:
        return None
    place = folder / ("with-" + "-".join(sorted(needs)).replace("==", "-"))
    if not place.is_dir():
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--prefix", str(place)]
        subprocess.run([*command, *needs], check=True)
    return str(place)


def ours(place: Path, python: str | None) -> tuple[Lines, int, int]:
    """The lines of all findings' paths; how many findings there are, in how many lines."""
    found: Lines = defaultdict(set)
    checked = check([str(place)], Settings(python=python), cached=False)
    for finding in checked.findings:
        for site in (finding.site, *finding.stack, *(part.site for part in finding.related)):
            found[site.file].add(site.line)
    return found, len(checked.findings), checked.lines


def ruffs(files: list[str]) -> Lines:
    command = [
        "ruff",
        "check",
        "--isolated",
        "--preview",
        "--select",
        "ASYNC",
        "--output-format",
        "json",
        *files,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    found: Lines = defaultdict(set)
    for one in json.loads(done.stdout or "[]"):
        found[one["filename"]].update(range(one["location"]["row"], one["end_location"]["row"] + 1))
    return found


def main(folder: Path) -> None:
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for bug in json.loads(BUGS.read_text()):
        groups[bug["package"], bug["old"], bug["new"]].append(bug)
    total: dict[str, Counter[str]] = defaultdict(Counter)
    findings = lines = 0
    missed: list[str] = []
    for (package, old, new), bugs in groups.items():
        before, after = release(folder, package, old).resolve(), release(folder, package, new).resolve()
        python = environment(folder, sorted({need for bug in bugs for need in bug.get("needs", ())}))
        sick, count, size = ours(before, python)
        mended, _, _ = ours(after, python)
        findings, lines = findings + count, lines + size
        peers = ruffs(sorted({str(before / bug["file"]) for bug in bugs}))
        for bug in bugs:
            file = str(before / bug["file"])
            row = {
                "bugs": True,
                "found": bug["line"] in sick[file],
                "alarms when mended": bug["fixed"] in mended[str(after / bug["file"])],
                "ruff": bug["line"] in peers[file],
            }
            if not row["found"]:
                missed.append(f"{bug['package']} {bug['old']} {bug['file']}:{bug['line']} {bug['call']}")
            for name in (f"drawn {bug['drawn']}", f"- {bug['where']}", package, "all"):
                total[name].update(key for key, holds in row.items() if holds)
    columns = ("bugs", "found", "alarms when mended", "ruff")
    print(f"{'package':20}" + "".join(f"{column:>20}" for column in columns))
    for package, counts in sorted(total.items(), key=lambda one: one[0]):
        print(f"{package:20}" + "".join(f"{counts[column]:>20}" for column in columns))
    print(
        f"\n{findings} findings in {lines} lines: {findings * 1000 / max(lines, 1):.2f} per 1,000\n",
        *missed,
        sep="\n",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
