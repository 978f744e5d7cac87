"""Every diff that a report offers, applied: whether the program then does what the label says.

python -m benchmarks.remedies                   every sick specimen and every question with a finding
python -m benchmarks.remedies blocking fastapi  those whose name has one of these in it
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asyncwhy.fix import apply_diff, compiles
from tests.observing import Observed, has_module, observe
from tests.real.asked import questions
from tests.specimens import all_specimens

HOST = Path(sys.executable)
#: What two runs of one program print differently: seconds, ports, addresses, names of threads and processes.
_VARIES = re.compile(r"\d+\.\d+(e-?\d+)?|\d{5,}|0x[0-9a-f]+|(?<=[_-])\d+\b")


@dataclass(frozen=True)
class Program:
    """A program that has something to mend; `folder` is what it needs beside it, if anything."""

    name: str
    file: Path
    folder: Path | None = None


@dataclass(frozen=True)
class Tried:
    """A remedy's diff, applied to its program and observed once more; seconds are those during which a loop ran."""

    program: str
    finding: str
    title: str
    safety: str
    applied: bool
    ran: bool = False
    same_output: bool = False
    gone: bool = False
    took: float = 0.0
    predicted: float | None = None
    measured: float = 0.0
    left: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it did what its label says."""
        return self.applied and self.ran and self.same_output and (self.gone or self.safety != "safe")


def programs(wanted: list[str]) -> Iterator[Program]:
    """Sick specimens and questions that can run here and whose names have one of the words in them."""
    found = [Program(one.name, one.sick, one.folder) for one in all_specimens() if not _lacks(one.requires)]
    found += [Program(one.name, one.program) for one in questions() if one.causes and not one.lacks()]
    return (one for one in found if not wanted or any(word in one.name for word in wanted))


def _lacks(modules: tuple[str, ...]) -> bool:
    return not all(has_module(HOST, module) for module in modules)


def tried(program: Program) -> Iterator[Tried]:
    """What becomes of each diff of the program's report."""
    with tempfile.TemporaryDirectory(prefix="asyncwhy-remedies-") as place:
        before = _copied(program, Path(place, "before"))
        observed = observe(HOST, before, _room(place, "seen"))
        for number, (finding, remedy) in enumerate(_with_diffs(observed.report)):
            after = _copied(program, Path(place, f"after{number}"))
            yield _tried(program, observed, finding, remedy, before, after)


def _with_diffs(report: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for finding in report["findings"]:
        for remedy in finding["remedies"]:
            if remedy["diff"]:
                yield finding, remedy


def _copied(program: Program, place: Path) -> Path:
    if program.folder is not None:
        shutil.copytree(program.folder, place, ignore=shutil.ignore_patterns("__pycache__"))
        return place / program.file.relative_to(program.folder)
    place.mkdir()
    return Path(shutil.copy(program.file, place))


def _room(place: str, name: str) -> Path:
    room = Path(place, name)
    room.mkdir()
    return room


def _tried(
    program: Program,
    observed: Observed,
    finding: dict[str, Any],
    remedy: dict[str, Any],
    before: Path,
    after: Path,
) -> Tried:
    told = f"{finding['cause']} {Path(finding['site']['file']).name}:{finding['site']['line']}"
    base = Tried(program.name, told, remedy["title"], remedy["safety"], applied=False)
    texts = {str(file): file.read_text(encoding="utf-8") for file in before.parent.rglob("*.py")}
    changed = apply_diff(remedy["diff"], texts)
    if changed is None or not all(map(compiles, changed.values())):
        return base
    for file, text in changed.items():
        (after.parent / Path(file).relative_to(before.parent)).write_text(text, encoding="utf-8")
    mended = observe(HOST, after, _room(str(after.parent), "seen"))
    left = [one for one in mended.report["findings"] if _same(one, finding, texts, changed, before, after)]
    return Tried(
        **{
            **asdict(base),
            "applied": True,
            "ran": mended.exit_code == observed.exit_code,
            "same_output": _settled(mended.output) == _settled(observed.output),
            "gone": not left,
            "took": observed.report["wall_s"] - observed.outside_s,
            "predicted": remedy["possible_s"] and remedy["possible_s"] - observed.outside_s,
            "measured": mended.report["wall_s"] - mended.outside_s,
            "left": tuple(
                f"{one['cause']} {Path(one['site']['file']).name}:{one['site']['line']}"
                for one in mended.report["findings"]
            ),
        }
    )


def _same(
    one: dict[str, Any],
    finding: dict[str, Any],
    texts: dict[str, str],
    changed: dict[str, str],
    before: Path,
    after: Path,
) -> bool:
    """Whether a finding of the mended program is the old one: its cause, in its function, for its call."""
    keys = ("cause", "call")
    function = [each["site"]["function"].rpartition(".")[2] for each in (one, finding)]
    return all(one[key] == finding[key] for key in keys) and function[0] == function[1]


def _settled(output: str) -> list[str]:
    """What a program printed, whatever its order and its seconds."""
    return sorted(_VARIES.sub("#", line) for line in output.splitlines())


def rows(made: list[Tried]) -> list[str]:
    """The table: one line for each diff, and how many did what they say."""
    head = (
        f"{'program':<38} {'finding':<40} {'label':<17} applied ran same gone {'took':>8} {'predicted':>9} "
        f"{'measured':>9}"
    )
    kept = sum(one.kept for one in made)
    return [head, *map(row, made), f"{len(made)} diffs, {kept} do what their label says"]


def row(one: Tried) -> str:
    """One diff; `NO` where it does not do what its label says."""
    told = [one.applied, one.ran, one.same_output, one.gone]
    marks = "    ".join("yes" if each else " NO" for each in told)
    predicted = f"{one.predicted:>7.3f} s" if one.predicted is not None else f"{'-':>9}"
    return (
        f"{one.program:<38} {one.finding:<40} {one.safety:<17} {marks} {one.took:>6.3f} s {predicted} "
        f"{one.measured:>7.3f} s{'  left: ' + ', '.join(one.left) if one.left else ''}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.remedies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wanted", nargs="*", metavar="WORD")
    parser.add_argument("--json", type=Path, help="also write the results there")
    options = parser.parse_args()
    made = []
    for program in programs(options.wanted):
        for one in tried(program):
            made.append(one)
            print(row(one), file=sys.stderr, flush=True)
    print("\n".join(rows(made)))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in made], indent=1))
    return 0 if all(one.kept for one in made) else 1


if __name__ == "__main__":
    sys.exit(main())
