"""Runs a suite alone and observed, and says which tests did not do the same."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.environment import HOST, ROOT
from benchmarks.suites.catalogue import Suite
from benchmarks.suites.environment import sources

#: A suite that hangs is told as such.
PATIENCE_S = 2400
Outcomes = dict[str, str]


@dataclass
class Compared:
    """What became of a suite: how many tests, how many passed, and those that did not do the same."""

    suite: str
    tests: int = 0
    alone: int = 0
    observed: int = 0
    differ: list[tuple[str, str, str]] = field(default_factory=list)
    expected: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        return asdict(self)


def compare(suite: Suite, python: str, looks: int = 3, *, quick: bool = False) -> Compared:
    """A test differs if, looked at several times, it passes always on one side and never on the other, or does so
    once each: tests that fail now and then anywhere are told as such."""
    made = Compared(suite.name)
    alone, observed = (run(suite, python, watched, made.notes, quick=quick) for watched in (False, True))
    made.tests, made.alone = len(alone), sum(one == "passed" for one in alone.values())
    made.observed = sum(one == "passed" for one in observed.values())
    for test in sorted({*alone, *observed}):
        before, after = alone.get(test, "missing"), observed.get(test, "missing")
        if before == after:
            continue
        if test in suite.observed:
            made.expected.append((test, suite.observed[test]))
            continue
        again = [
            (run(suite, python, False, [], only=test), run(suite, python, True, [], only=test))
            for _ in range(looks)
        ]
        befores = {before} | {one.get(test, "missing") for one, _ in again}
        afters = {after} | {other.get(test, "missing") for _, other in again}
        if befores & afters:
            made.notes.append(
                f"{test}: now and then, {'/'.join(sorted(befores))} alone, {'/'.join(sorted(afters))} observed"
            )
        else:
            made.differ.append((test, "/".join(sorted(befores)), "/".join(sorted(afters))))
    return made


def run(
    suite: Suite, python: str, watched: bool, notes: list[str], *, only: str = "", quick: bool = False
) -> Outcomes:
    """What each test of a suite did; `only` runs one of them."""
    with tempfile.TemporaryDirectory(prefix="asyncwhy-suite-") as scratch:
        results, report = Path(scratch, "results.xml"), Path(scratch, "report.json")
        command, folder = _command(suite, python, results, only, suite.quick if quick else ())
        before: Sequence[str] = ()
        if watched:
            told = ["--format", "json", "--report", str(report), "-o", str(Path(scratch, "trace"))]
            before = [str(HOST), "-m", "asyncwhy", "run", *told, "--"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {"PYTHONPATH": str(ROOT / "src")} if watched else {}
        try:
            done = subprocess.run(
                [*before, *command], cwd=folder or scratch, env=environment, capture_output=True, text=True,
                errors="replace", timeout=PATIENCE_S,
            )  # fmt: skip
            if not results.exists():
                said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
                notes.append(
                    f"{'observed' if watched else 'alone'}, no result (code {done.returncode}): {said}"
                )
        except subprocess.TimeoutExpired:
            notes.append(f"did not end within {PATIENCE_S} s {'observed' if watched else 'alone'}")
        if watched and report.exists():
            told_of = json.loads(report.read_text())["unseen"]["notes"]
            notes.extend(sorted({note for note in told_of if "took itself out" in note})[:5])
        return _outcomes(results)


def _command(
    suite: Suite, python: str, results: Path, only: str, parts: Sequence[str]
) -> tuple[list[str], Path | None]:
    if suite.module:
        chosen = [*parts] or [suite.module]
        match = ["-m", only] if only else []
        return [python, "-m", "test", "-u", "none", "--junit-xml", str(results), *match, *chosen], None
    folder = sources(suite.release, python)
    if suite.installed:
        asked = [python, "-c", f"import {suite.installed} as p; print(p.__path__[0])"]
        folder = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    where = [str(folder / test) for test in parts or suite.tests]
    chosen = ["-k", only.rpartition(".")[2].partition("[")[0]] if only else []
    told = ["-q", "-p", "no:cacheprovider", f"--junit-xml={results}", *suite.options, *chosen]
    return [python, "-m", "pytest", *told, *where], folder


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
