"""How many real blocking bugs `asyncwhy check` finds, and whether it is silent once they are mended, beside ruff.

    .venv/bin/python -m benchmarks.check.recall FOLDER

`bugs.json` has calls in an `async def` that a later release of the same package hands to a thread (or replaces by an
asynchronous call); it was drawn by comparing the syntax trees of two releases, not by running `check`.  The releases are
fetched from PyPI into FOLDER.  A bug counts as found if its line is the site of a finding or stands on its path.
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


def ours(place: Path) -> Lines:
    found: Lines = defaultdict(set)
    for finding in check([str(place)], Settings(), cached=False).findings:
        for site in (finding.site, *finding.stack, *(part.site for part in finding.related)):
            found[site.file].add(site.line)
    return found


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
    for (package, old, new), bugs in groups.items():
        before, after = release(folder, package, old).resolve(), release(folder, package, new).resolve()
        sick, mended = ours(before), ours(after)
        peers = ruffs(sorted({str(before / bug["file"]) for bug in bugs}))
        for bug in bugs:
            file = str(before / bug["file"])
            row = {
                "bugs": True,
                "found": bug["line"] in sick[file],
                "alarms when mended": bug["fixed"] in mended[str(after / bug["file"])],
                "ruff": bug["line"] in peers[file],
            }
            for name in (package, "all"):
                total[name].update(key for key, holds in row.items() if holds)
    columns = ("bugs", "found", "alarms when mended", "ruff")
    print(f"{'package':20}" + "".join(f"{column:>20}" for column in columns))
    for package, counts in total.items():
        print(f"{package:20}" + "".join(f"{counts[column]:>20}" for column in columns))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
