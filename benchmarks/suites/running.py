"""Runs some files of a suite on one side, alone or below `asyncwhy run`, and says what each test did."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.environment import HOST, ROOT
from benchmarks.suites.catalogue import Suite
from benchmarks.suites.environment import library, python, sources

ALONE = "alone"
#: What is set in the environment of an observed suite, by the recorder that is then expected.
RECORDERS: dict[str, dict[str, str]] = {"native": {}, "python": {"ASYNCWHY_PURE_PYTHON": "1"}}
#: So many files run in one process: one that hangs or crashes takes no more with it.  pytest takes a second to begin, the
#: interpreter's own runner less.
FILES_AT_ONCE, MODULES_AT_ONCE = 12, 4
#: What hangs is told as such.
PATIENCE_S = 900
Outcomes = dict[str, str]


@dataclass
class Bench:
    """A suite, where it is run, and in which parts: modules of the interpreter's library, or files."""

    suite: Suite
    version: str
    kept: Path | None = None  # what was run before is not run again
    chosen: Sequence[str] = ()  # these parts alone
    notes: list[str] = field(default_factory=list)
    python: str = field(init=False)
    folder: Path | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.suite.module:
            self.version, self.python = library(self.suite.module, self.version)
            return
        self.python = python(self.version)
        self.folder = sources(self.suite.release, self.python)
        if self.suite.installed:
            asked = [self.python, "-c", f"import {self.suite.installed} as p; print(p.__path__[0])"]
            self.folder = Path(
                subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
            )

    def parts(self) -> list[str]:
        """All of them, or those that were chosen."""
        if self.chosen:
            return [*self.chosen]
        if not self.folder:
            asked = [self.python, "-c", "import test; print(test.__path__[0])"]
            place = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
            within = sorted((place / self.suite.module).glob("test_*.py"))
            return [f"{self.suite.module}.{file.stem}" for file in within] or [self.suite.module]
        found = []
        for wanted in self.suite.tests:
            place = self.folder / wanted
            found += sorted(place.rglob("test_*.py")) if place.is_dir() else [place]
        return [str(file.relative_to(self.folder)) for file in found]

    def whole(self, side: str) -> Outcomes:
        """What each test did."""
        made: Outcomes = {}
        parts = self.parts()
        at_once = FILES_AT_ONCE if self.folder else MODULES_AT_ONCE
        for first in range(0, len(parts), at_once):
            name = f"{self.suite.name}-{self.version}-{side}-{first // at_once}.json"
            file = self.kept / name if self.kept else None
            if file and file.exists():
                outcomes, notes = json.loads(file.read_text())
            else:
                notes = []
                outcomes = self.run(side, parts[first : first + at_once], notes)
                if file:
                    file.write_text(json.dumps([outcomes, notes]))
            made |= outcomes
            self.notes += notes
        return made

    def run(self, side: str, parts: Sequence[str], notes: list[str], only: Sequence[str] = ()) -> Outcomes:
        """What each test of some parts did; `only` runs those of these names."""
        with tempfile.TemporaryDirectory(prefix="asyncwhy-suite-") as scratch:
            results, report = Path(scratch, "results.xml"), Path(scratch, "report.json")
            environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
            command = self._command(results, parts, only)
            if side != ALONE:
                told = ["--format", "json", "--report", str(report), "-o", str(Path(scratch, "trace"))]
                command = [str(HOST), "-m", "asyncwhy", "run", *told, "--", *command]
                environment |= {"PYTHONPATH": str(ROOT / "src"), **RECORDERS[side]}
            # Not within an installed package: its `_socket.py` would stand before the interpreter's own.
            folder = self.folder.parent if self.folder and self.suite.installed else self.folder
            try:
                done = subprocess.run(
                    command, cwd=folder or scratch, env=environment, capture_output=True, text=True,
                    errors="replace", timeout=PATIENCE_S,
                )  # fmt: skip
                if not results.exists() and done.returncode:
                    said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
                    notes.append(f"{side}, no result of {', '.join(parts)} (code {done.returncode}): {said}")
            except subprocess.TimeoutExpired:
                notes.append(f"{side}, {', '.join(parts)} did not end within {PATIENCE_S} s")
            if side != ALONE:
                notes += _told(report, side)
            return _outcomes(results)

    def _command(self, results: Path, parts: Sequence[str], only: Sequence[str]) -> list[str]:
        if not self.folder:
            match = [word for test in only for word in ("-m", test)]
            return [self.python, "-m", "test", "-u", "none", "--junit-xml", str(results), *match, *parts]
        functions = {test.partition("[")[0].rpartition(".")[2] for test in only}
        chosen = ["-k", " or ".join(sorted(functions))] if functions else []
        told = [
            "-q",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
            f"--junit-xml={results}",
            *self.suite.options,
            *chosen,
        ]
        return [self.python, "-m", "pytest", *told, *(str(self.folder / part) for part in parts)]

    def part_of(self, test: str) -> list[str]:
        """The part that a test is in; all of them if that cannot be told."""
        parts = self.parts()
        return [part for part in parts if f".{_dotted(part)}." in f".{test}."][:1] or parts


def _dotted(part: str) -> str:
    return part.removesuffix(".py").replace("/", ".")


def _told(report: Path, recorder: str) -> list[str]:
    """What the report says of an agent that gave up, or was another than was asked for."""
    if not report.exists() or not report.stat().st_size:
        return [f"{recorder}: there is no report"]
    unseen = json.loads(report.read_text())["unseen"]
    told = [f"{recorder}: {note}" for note in sorted(set(unseen["notes"])) if "took itself out" in note]
    if unseen["recorder"] not in (recorder, "mixed"):
        told.append(f"{recorder}: what ran was {unseen['recorder'] or 'nothing'}")
    return told[:5]


def _outcomes(results: Path) -> Outcomes:
    """What a junit file tells of every test; of one that stands there more than once, the worst."""
    made: Outcomes = {}
    if not results.exists():
        return made
    for case in ET.parse(results).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}".lstrip(".")
        kinds = {child.tag for child in case}
        outcome = next((kind for kind in ("failure", "error", "skipped") if kind in kinds), "passed")
        if made.get(name, "passed") == "passed":
            made[name] = outcome
    return made
