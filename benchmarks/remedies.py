"""Every diff that a report offers, applied: whether the program then does what the label says.

python -m benchmarks.remedies                   every sick specimen and every question with a finding
python -m benchmarks.remedies blocking fastapi  those whose name has one of these in it
python -m benchmarks.remedies --program A.py    a program elsewhere, which is copied with its folder
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from asyncwhy.fix import apply_diff, compiles
from tests.observing import Observed, has_module, observe
from tests.real.asked import questions
from tests.specimens import all_specimens

HOST = Path(sys.executable)
#: What two runs of one program print differently: times, ports, addresses, names of threads and processes.
_VARIES = re.compile(r"\d+\.\d+(e-?\d+)?|\d+(?= ?m?s\b)|\d{5,}|0x[0-9a-f]+|(?<=[_-])\d+\b")
_NUMBERS = re.compile(r"\d+(\.\d+)?")


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
        """Whether it did what its label says: only what is called safe may not change what the program prints."""
        return self.applied and self.ran and self.gone and (self.same_output or self.safety != "safe")


def programs(wanted: list[str]) -> Iterator[Program]:
    """Sick specimens and questions that can run here and whose names have one of the words in them."""
    found = [Program(one.name, one.sick, one.folder) for one in all_specimens() if not _lacks(one.requires)]
    found += [Program(one.name, one.program) for one in questions() if one.causes and not one.lacks()]
    return (one for one in found if not wanted or any(word in one.name for word in wanted))


def _lacks(modules: tuple[str, ...]) -> bool:
    return not all(has_module(HOST, module) for module in modules)


def tried(program: Program, python: Path) -> Iterator[Tried]:
    """What becomes of each diff of the program's report."""
    with tempfile.TemporaryDirectory(prefix="asyncwhy-remedies-") as place:
        before = _copied(program, Path(place, "before"))
        observed = _observed(python, before)
        if observed is None:
            return
        for number, (finding, remedy) in enumerate(_with_diffs(observed.report)):
            yield _tried(program, python, observed, finding, remedy, before, Path(place, f"after{number}"))


def _observed(python: Path, program: Path) -> Observed | None:
    """What came of a program in its folder; None, and a line that says so, where it did not end or was not seen."""
    try:
        return observe(python, program, program.parent)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(f"{program}: {error}", file=sys.stderr)
        return None


def _with_diffs(report: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for finding in report["findings"]:
        for remedy in finding["remedies"]:
            if remedy["diff"]:
                yield finding, remedy


def _copied(program: Program, place: Path) -> Path:
    if program.folder is not None:
        shutil.copytree(program.folder, place, ignore=_not_the_programs)
        return place / program.file.relative_to(program.folder)
    place.mkdir()
    return Path(shutil.copy(program.file, place))


def _not_the_programs(folder: str, names: list[str]) -> list[str]:
    """What of a folder no program needs: interpreters, and what earlier runs left."""
    left = ("__pycache__", "out")
    return [
        name
        for name in names
        if name in left or name.endswith((".trace", ".asyncwhy")) or Path(folder, name, "pyvenv.cfg").exists()
    ]


def _tried(
    program: Program,
    python: Path,
    observed: Observed,
    finding: dict[str, Any],
    remedy: dict[str, Any],
    before: Path,
    place: Path,
) -> Tried:
    base = Tried(program.name, _told(finding), remedy["title"], remedy["safety"], applied=False)
    root = program.folder or program.file.parent
    beside = before.parents[len(program.file.relative_to(root).parts) - 1]
    texts = {str(file): file.read_text(encoding="utf-8") for file in beside.rglob("*.py")}
    changed = apply_diff(remedy["diff"], texts)
    if changed is None or not all(map(compiles, changed.values())):
        return base
    after = _copied(program, place)
    for file, text in changed.items():
        (place / Path(file).relative_to(beside)).write_text(text, encoding="utf-8")
    mended = _observed(python, after)
    if mended is None:
        return replace(base, applied=True)
    same = _settled(mended.output) == _settled(observed.output) or (
        _settled(mended.output, _NUMBERS) == _settled(observed.output, _NUMBERS)
        and _varies(program, python, observed, place.with_suffix(".again"))
    )
    return replace(
        base,
        applied=True,
        ran=mended.exit_code == observed.exit_code,
        same_output=same,
        gone=not any(_is_the_same(one, finding) for one in mended.report["findings"]),
        took=observed.report["wall_s"] - observed.outside_s,
        predicted=remedy["possible_s"] and remedy["possible_s"] - observed.outside_s,
        measured=mended.report["wall_s"] - mended.outside_s,
        left=tuple(map(_told, mended.report["findings"])),
    )


def _told(finding: dict[str, Any]) -> str:
    return f"{finding['cause']} {Path(finding['site']['file']).name}:{finding['site']['line']}"


def _is_the_same(one: dict[str, Any], finding: dict[str, Any]) -> bool:
    """Whether a finding of the mended program is the old one: its cause, in its function, for its call."""
    function = [each["site"]["function"].rpartition(".")[2] for each in (one, finding)]
    return all(one[key] == finding[key] for key in ("cause", "call")) and function[0] == function[1]


def _varies(program: Program, python: Path, observed: Observed, place: Path) -> bool:
    """Whether the program as it was prints other numbers when it is run once more."""
    copy = _copied(program, place)
    again = _observed(python, copy)
    return again is not None and _settled(again.output) != _settled(observed.output)


def _settled(output: str, varies: re.Pattern[str] = _VARIES) -> list[str]:
    """What a program printed, whatever its order and its times."""
    return sorted(varies.sub("#", line) for line in output.splitlines())


def rows(made: list[Tried]) -> list[str]:
    """The table: one line for each diff, and how many did what they say."""
    head = (
        f"{'program':<38} {'finding':<40} {'label':<17} applied ran same gone {'took':>8} {'predicted':>9} "
        f"{'measured':>9}"
    )
    return [head, *map(row, made), *summary(made)]


def summary(made: list[Tried]) -> Iterator[str]:
    """How many of each label ran, printed the same, lost their finding, and did what the label says."""
    for safety in dict.fromkeys(one.safety for one in made):
        of = [one for one in made if one.safety == safety]
        ran, same, gone = (sum(map(attrgetter(name), of)) for name in ("ran", "same_output", "gone"))
        yield (
            f"{safety}: {len(of)} diffs; {ran} ran to the same exit code, {same} printed the same, {gone} lost their "
            f"finding; {sum(one.kept for one in of)} do what the label says"
        )


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
    parser.add_argument("--program", type=Path, action="append", default=[], help="one elsewhere")
    parser.add_argument("--python", type=Path, default=HOST, help="the interpreter that runs them")
    parser.add_argument("--json", type=Path, help="keep the results there, beside those of other programs")
    options = parser.parse_args()
    elsewhere = [Program(str(file), file.absolute(), file.absolute().parent) for file in options.program]
    chosen = elsewhere or list(programs(options.wanted))
    made = _kept(options.json, {program.name for program in chosen})
    for program in chosen:
        for one in tried(program, options.python):
            made.append(one)
            print(row(one), file=sys.stderr, flush=True)
        if options.json:
            options.json.write_text(json.dumps([asdict(one) for one in made], indent=1))
    print("\n".join(rows(made)))
    return 0 if all(one.kept for one in made) else 1


def _kept(file: Path | None, again: set[str]) -> list[Tried]:
    """The results of earlier runs, without those of programs that are tried again."""
    if file is None or not file.exists():
        return []
    made = [Tried(**{**entry, "left": tuple(entry["left"])}) for entry in json.loads(file.read_text())]
    return [one for one in made if one.program not in again]


if __name__ == "__main__":
    sys.exit(main())
