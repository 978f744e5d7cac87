"""What the specimens are, and what a report on each of them must say.

`specimens/<cause>/<variant>/` holds `sick.py`, its cured twin `cured.py`, and `expected.toml`, the answer
that `asyncwhy run sick.py` must give (a cured twin must be called asynchronous, with no finding).  Keys:

    verdict = ["not-asynchronous"]      # those that are right
    possible_s = 0.25                   # what its loop would take without the finding (none: not checked)
    cost_output = 'took ([0-9.]+) s'    # the cost is the sum of what the program itself prints so
    twin_differs = "it waits for both"  # what the cured twin does other than the fix that the report proposes
    python = "3.11", cores = 2, requires = ["trio"], uvloop = false    # where it can be tried at all

    [[finding]]                         # each must be there
    cause = "blocking-call"
    line = "time.sleep(delay)"          # a text that stands once in sick.py; a list: any of them
    call = "time.sleep"                 # a list: any of them
    count = 3                           # a list: any of them; count_tolerance = 0.05
    cost_s = 0.60                       # a list: any of them; tolerance = 0.10
    gain_s = 0.35                       # what the run would save; within a fifth
    started_by = "await asyncio.gather("
    names = ["LOCK = asyncio.Lock()"]   # lines that the finding must name, in whatever part
    inside_library = "slowdb"

    [[allowed]]                         # may be there: cause and line

A line may also be `{file = "site-packages/slowdb/connection.py", text = "..."}`, beside sick.py.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

SPECIMENS = Path(__file__).parent.parent / "specimens"

POSSIBLE_TOLERANCE = 0.20  # issue 3: no prediction is off by more
GAIN_SLACK_S = 0.03  # timers of a busy machine; matters for the smallest gains only


@dataclass(frozen=True)
class Place:
    """A line of a specimen: `file` is relative to the specimen's folder."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} (`{self.text.strip()}`)"

    def is_at(self, site: dict[str, Any] | None) -> bool:
        if not site or site["line"] != self.line:
            return False
        parts = PurePath(self.file).parts
        return PurePath(site["file"]).parts[-len(parts) :] == parts


@dataclass(frozen=True)
class ExpectedFinding:
    """One finding that must be there; an empty tuple or None is not checked."""

    cause: str
    places: tuple[Place, ...]
    calls: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    count_tolerance: float = 0.0
    costs: tuple[float, ...] = ()
    tolerance: float = 0.10
    gain_s: float | None = None
    started_by: Place | None = None
    names: tuple[Place, ...] = ()
    inside_library: str | None = None


@dataclass(frozen=True)
class Expected:
    """What a report must say; with no findings, what it must say of a healthy program."""

    verdicts: tuple[str, ...]
    findings: tuple[ExpectedFinding, ...] = ()
    allowed: tuple[ExpectedFinding, ...] = ()
    possible_s: float | None = None
    cost_output: str | None = None

    def with_output(self, output: str) -> Expected:
        """The same with the cost that the program itself measured and printed in this run."""
        if self.cost_output is None:
            return self
        measured = sum(float(text) for text in re.findall(self.cost_output, output))
        return replace(self, findings=(replace(self.findings[0], costs=(measured,)), *self.findings[1:]))


HEALTHY = Expected(verdicts=("asynchronous",))


@dataclass(frozen=True)
class Specimen:
    """A sick program, its cured twin, and what is expected of the sick one."""

    cause: str
    variant: str
    folder: Path
    expected: Expected
    python: tuple[int, int] = (3, 9)
    cores: int = 1
    requires: tuple[str, ...] = ()
    uvloop: bool = False
    twin_differs: str = ""

    @property
    def name(self) -> str:
        return f"{self.cause}/{self.variant}"

    @property
    def runtime(self) -> str:
        """The library that runs its loop: asyncio, trio or anyio."""
        return self.variant.split("-")[0]

    @property
    def sick(self) -> Path:
        return sick_in(self.folder)

    @property
    def cured(self) -> Path:
        return self.sick.with_stem("cured")


def sick_in(folder: Path) -> Path:
    """The sick program of a specimen's folder, in whichever language it is written."""
    return next(
        (folder / name for name in ("sick.js", "sick.mjs", "sick.ts") if (folder / name).exists()),
        folder / "sick.py",
    )


def all_specimens(root: Path = SPECIMENS) -> tuple[Specimen, ...]:
    """Every specimen of Python, by name."""
    return tuple(one for one in _read(root) if one.runtime != "node")


def node_specimens(root: Path = SPECIMENS) -> tuple[Specimen, ...]:
    """Every specimen of Node.js, by name."""
    return tuple(one for one in _read(root) if one.runtime == "node")


def _read(root: Path) -> tuple[Specimen, ...]:
    return tuple(read_specimen(path.parent) for path in sorted(root.glob("*/*/expected.toml")))


def read_specimen(folder: Path) -> Specimen:
    """A specimen; ValueError where its `expected.toml` says what cannot be."""
    table = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    runtime = folder.name.split("-")[0]
    try:
        expected = Expected(
            verdicts=_several(table.pop("verdict")),
            findings=tuple(_finding(folder, entry) for entry in table.pop("finding")),
            allowed=tuple(_finding(folder, entry) for entry in table.pop("allowed", [])),
            possible_s=table.pop("possible_s", None),
            cost_output=table.pop("cost_output", None),
        )
        major, minor = table.pop("python", "3.9").split(".")
        specimen = Specimen(
            cause=folder.parent.name,
            variant=folder.name,
            folder=folder,
            expected=expected,
            python=(int(major), int(minor)),
            cores=table.pop("cores", 1),
            requires=tuple(table.pop("requires", {"trio": ["trio"], "anyio": ["anyio"]}.get(runtime, []))),
            uvloop=table.pop("uvloop", runtime == "asyncio"),
            twin_differs=table.pop("twin_differs", ""),
        )
        _nothing_left(table)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / 'expected.toml'}: {error}") from error
    return specimen


def _finding(folder: Path, entry: dict[str, Any]) -> ExpectedFinding:
    finding = ExpectedFinding(
        cause=entry.pop("cause"),
        places=tuple(_place(folder, reference) for reference in _several(entry.pop("line"))),
        calls=_several(entry.pop("call", ())),
        counts=_several(entry.pop("count", ())),
        count_tolerance=entry.pop("count_tolerance", 0.0),
        costs=_several(entry.pop("cost_s", ())),
        tolerance=entry.pop("tolerance", 0.10),
        gain_s=entry.pop("gain_s", None),
        started_by=_place(folder, entry.pop("started_by")) if "started_by" in entry else None,
        names=tuple(_place(folder, reference) for reference in _several(entry.pop("names", ()))),
        inside_library=entry.pop("inside_library", None),
    )
    _nothing_left(entry)
    return finding


def _nothing_left(table: dict[str, Any]) -> None:
    if table:
        raise ValueError(f"unknown keys {sorted(table)}")


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _place(folder: Path, reference: str | dict[str, str]) -> Place:
    if isinstance(reference, str):
        reference = {"file": sick_in(folder).name, "text": reference}
    file, text = reference["file"], reference["text"]
    lines = (folder / file).read_text(encoding="utf-8").split("\n")
    found = [number for number, line in enumerate(lines, 1) if text in line]
    if len(found) != 1:
        raise ValueError(f"{text!r} stands in {len(found)} lines of {file}, not in one")
    return Place(file, found[0], lines[found[0] - 1])


@dataclass
class _Findings:
    """The findings of a report that no expectation has claimed yet."""

    left: list[dict[str, Any]] = field(default_factory=list)

    def claim(self, expected: ExpectedFinding) -> dict[str, Any] | None:
        """The one that is meant: of the same cause, at best at the same line."""
        same_cause = [finding for finding in self.left if finding["cause"] == expected.cause]
        if not same_cause:
            return None
        chosen = next((finding for finding in same_cause if _is_at_any(expected, finding)), same_cause[0])
        self.left.remove(chosen)
        return chosen


def check(report: dict[str, Any], expected: Expected, outside_s: float = 0.0) -> list[str]:
    """Where a report (as `--format json` writes it) is not what is expected, as sentences.

    `outside_s` are the seconds of the run in which no loop ran: an interpreter's start and imports are part of a
    run, and of no specimen's own reckoning.
    """
    differences = []
    if report["verdict"] not in expected.verdicts:
        wanted = " or ".join(expected.verdicts)
        differences.append(f"the verdict is {report['verdict']}, not {wanted}: {report.get('reason', '')}")
    findings = _Findings(list(report["findings"]))
    for wanted_finding in expected.findings:
        found = findings.claim(wanted_finding)
        if found is None:
            places = " or ".join(map(str, wanted_finding.places))
            differences.append(f"{wanted_finding.cause} is missing at {places}")
        else:
            differences += _differences(found, wanted_finding)
    for finding in findings.left:
        if not any(one.cause == finding["cause"] and _is_at_any(one, finding) for one in expected.allowed):
            differences.append(f"nothing more was expected, but there is {_told(finding)}")
    if expected.possible_s is not None:
        differences += _possible(report["possible_s"], expected.possible_s, outside_s)
    return differences


def _differences(found: dict[str, Any], expected: ExpectedFinding) -> Iterator[str]:
    cause = expected.cause
    if not _is_at_any(expected, found):
        yield f"{cause} is at {_at(found['site'])}, not at {' or '.join(map(str, expected.places))}"
    if expected.calls and found["call"] not in expected.calls:
        yield f"{cause} names the call `{found['call']}`, not {' or '.join(expected.calls)}"
    if expected.counts and not _near_any(found["count"], expected.counts, expected.count_tolerance):
        yield f"{cause} counts {found['count']}, not {' or '.join(map(str, expected.counts))}"
    if expected.costs and not _near_any(found["cost_s"], expected.costs, expected.tolerance):
        yield f"{cause} costs {_off(found['cost_s'], expected.costs)}"
    if expected.gain_s is not None:
        slack = POSSIBLE_TOLERANCE + GAIN_SLACK_S / expected.gain_s
        if not _near_any(found["gain_s"], (expected.gain_s,), slack):
            yield f"{cause} gains {_off(found['gain_s'], (expected.gain_s,))}"
    if expected.started_by and not expected.started_by.is_at(found["started_by"]):
        yield f"{cause} was started at {_at(found['started_by'])}, not at {expected.started_by}"
    for place in expected.names:
        if not any(place.is_at(site) for site in _sites(found)):
            yield f"{cause} does not name {place}"
    if found["inside_library"] != expected.inside_library:
        yield f"{cause} is inside {found['inside_library']}, not inside {expected.inside_library}"


def _possible(found: float | None, expected: float, outside_s: float) -> Iterator[str]:
    slack = expected * POSSIBLE_TOLERANCE
    if found is None or not expected - slack <= found <= expected + slack + outside_s:
        told = "unknown" if found is None else f"{found:.3f} s"
        yield f"the run could take {told}, where {expected:.3f} s (and the start of an interpreter) are right"


def _is_at_any(expected: ExpectedFinding, found: dict[str, Any]) -> bool:
    return any(place.is_at(found["site"]) for place in expected.places)


def _near_any(found: float | None, expected: Iterable[float], tolerance: float) -> bool:
    return found is not None and any(abs(found - one) <= tolerance * one for one in expected)


def _off(found: float | None, expected: tuple[float, ...]) -> str:
    if found is None:
        return f"nothing known, not {expected[0]:.3f} s"
    nearest = min(expected, key=lambda one: abs(found - one))
    percent = abs(found - nearest) / nearest * 100 if nearest else float("inf")
    return f"{found:.3f} s, not {nearest:.3f} s: {percent:.0f} % off"


def _sites(finding: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    yield finding["site"]
    yield finding["started_by"]
    yield from finding["stack"]
    for part in (*finding["related"], *finding["victims"]):
        yield part["site"]


def _at(site: dict[str, Any] | None) -> str:
    return f"{site['file']}:{site['line']}" if site else "an unknown line"


def _told(finding: dict[str, Any]) -> str:
    cost = finding["cost_s"]
    seconds = "" if cost is None else f", {cost:.3f} s"
    return f"{finding['cause']} at {_at(finding['site'])} (`{finding['call']}`, {finding['count']}x{seconds})"
