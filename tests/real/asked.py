"""The questions of real people as programs, and whether a report answers them; the keys: `questions/answers.toml`."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "questions"
TIMEOUT_S = 60.0
UNWELL = ("partly", "not-asynchronous")


@dataclass(frozen=True)
class Question:
    """A program and the right answer."""

    name: str
    program: Path
    causes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    reason: str = ""
    says: str = ""
    allowed: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    ran: tuple[dict[str, str], ...] = ()
    cores: int = 1
    numbers: dict[str, int] = field(default_factory=dict)

    def lacks(self) -> str:
        """What this machine lacks to try it, by name; empty if nothing."""
        if (os.cpu_count() or 1) < self.cores:
            return f"it needs {self.cores} processor cores"
        tree = ast.parse(self.program.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in names:
                if importlib.util.find_spec(name.partition(".")[0]) is None:
                    return f"{name} is not installed"
        return ""


def questions() -> tuple[Question, ...]:
    """All of them, in order; ValueError where `answers.toml` says what cannot be."""
    table = tomllib.loads((FOLDER / "answers.toml").read_text(encoding="utf-8"))
    programs = {path.stem: path for path in sorted(FOLDER.glob("[0-9]*.py"))}
    if set(programs) != set(table):
        raise ValueError(f"a program without an answer, or the other way round: {set(programs) ^ set(table)}")
    return tuple(_question(name, path, table[name]) for name, path in programs.items())


def _question(name: str, program: Path, entry: dict[str, Any]) -> Question:
    causes = _several(entry.pop("cause", ()))
    made = Question(
        name=name,
        program=program,
        causes=causes,
        lines=_several(entry.pop("line", ())),
        names=_several(entry.pop("names", ())),
        verdicts=_several(entry.pop("verdict", UNWELL if causes else "asynchronous")),
        reason=entry.pop("reason", ""),
        says=entry.pop("says", ""),
        allowed=_several(entry.pop("allowed", ())),
        remedies=_several(entry.pop("remedy", ())),
        never=_several(entry.pop("never", ())),
        ran=tuple(entry.pop("ran", ())),
        cores=entry.pop("cores", 1),
    )
    if entry:
        raise ValueError(f"{name}: unknown keys {sorted(entry)}")
    told = [*made.lines, *made.names, *(one["sent_by"] for one in made.ran if "sent_by" in one)]
    source = program.read_text(encoding="utf-8").split("\n")
    for text in told:
        found = [number for number, line in enumerate(source, 1) if text in line]
        if text != "*" and len(found) != 1:
            raise ValueError(f"{name}: {text!r} stands in {len(found)} lines, not in one")
        made.numbers[text] = found[0] if found and text != "*" else 0
    return made


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def ask(question: Question, folder: Path) -> dict[str, Any]:
    """The report on the program, as data, with what it printed and its exit code beside."""
    report = folder / "report.json"
    options = ["--format", "json", "--report", str(report), "-o", str(folder / "run.asyncwhy")]
    done = subprocess.run(
        [sys.executable, "-m", "asyncwhy", "run", *options, str(question.program)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert report.exists(), f"no report (exit code {done.returncode}):\n{done.stderr}"
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return told | {"_exit_code": done.returncode, "_output": done.stdout, "_errors": done.stderr}


def judge(question: Question, report: dict[str, Any]) -> list[str]:
    """Where the report is wrong, as sentences; empty if it is right."""
    return list(_complaints(question, report))


def _complaints(question: Question, report: dict[str, Any]) -> Iterator[str]:
    if report["_exit_code"]:
        yield f"the program ended with {report['_exit_code']}: {report['_errors'][-300:]}"
    if report["verdict"] not in question.verdicts:
        yield f"the verdict is {report['verdict']}, not {' or '.join(question.verdicts)}: {report['reason']}"
    if question.reason and not re.search(question.reason, report["reason"]):
        yield f"the reason says nothing like {question.reason!r}: {report['reason']}"
    if question.says and not any(re.search(question.says, text) for text in report["explanation"]):
        yield f"nothing like {question.says!r} is said: {report['explanation']}"
    findings = list(report["findings"])
    if question.causes:
        right = [one for one in findings if one["cause"] in question.causes and _is_at(question, one["site"])]
        right = [one for one in right if _names(question, one)] or right
        if right:
            findings.remove(right[0])
            yield from _unadvised(question, right[0])
            if not _names(question, right[0]):
                yield f"{right[0]['cause']} names none of {', '.join(question.names)}"
        else:
            yield f"no {'/'.join(question.causes)} at `{'` or `'.join(question.lines)}`"
    for finding in findings:
        if finding["cause"] not in question.allowed:
            yield f"also said: {_told(finding)}: {finding['message']}"
    advised = [text for finding in report["findings"] for text in _advice(finding)]
    for pattern in question.never:
        yield from (f"advises {text!r}" for text in advised if re.search(pattern, text))
    for wanted in question.ran:
        yield from _misplaced(question, wanted, report["placements"])


def _unadvised(question: Question, finding: dict[str, Any]) -> Iterator[str]:
    for pattern in question.remedies:
        if not any(re.search(pattern, text) for text in _advice(finding)):
            yield f"no remedy says {pattern!r}: {[remedy['title'] for remedy in finding['remedies']]}"


def _advice(finding: dict[str, Any]) -> Iterator[str]:
    """The titles of a finding's remedies, and the lines that their diffs add."""
    for remedy in finding["remedies"]:
        yield remedy["title"]
        lines = (remedy["diff"] or "").splitlines()
        yield from (line for line in lines if line.startswith("+") and not line.startswith("+++"))


def _is_at(question: Question, site: dict[str, Any]) -> bool:
    return "*" in question.lines or any(_is_line(question, text, site) for text in question.lines)


def _is_line(question: Question, text: str, site: dict[str, Any] | None) -> bool:
    return (
        bool(site)
        and Path(site["file"]).name == question.program.name
        and site["line"] == question.numbers[text]
    )


def _names(question: Question, finding: dict[str, Any]) -> bool:
    sites = [finding["site"], finding["started_by"], *finding["stack"]]
    sites += [part["site"] for part in (*finding["related"], *finding["victims"])]
    return not question.names or any(
        _is_line(question, text, site) for text in question.names for site in sites
    )


def _misplaced(question: Question, wanted: dict[str, str], placements: list[dict[str, Any]]) -> Iterator[str]:
    name = wanted["function"]
    rows = [one for one in placements if name in ("*", one["function"].rpartition(".")[2])]
    rows = [
        one for one in rows if all(re.search(wanted.get("thread", ""), thread) for thread in one["threads"])
    ]
    if name == "*":
        rows = [one for one in rows if re.search(wanted.get("why", ""), one["why"])]
    if "sent_by" in wanted:
        said = [
            one
            for one in rows
            if one["sent_by"] and _is_line(question, wanted["sent_by"], one["sent_by"]["site"])
        ]
        if rows and not said:
            there = rows[0]["sent_by"]
            yield f"{name} was sent there by {there['site'] if there else 'nobody known'}"
            return
        rows = said
    if not rows:
        there = [(one["function"], one["threads"], one["why"]) for one in placements]
        yield f"no placement of {name} on {wanted.get('thread', 'a thread')} ({wanted.get('why', '')}): {there}"
    elif not any(re.search(wanted.get("why", ""), one["why"]) for one in rows):
        yield f"{name} is there because {rows[0]['why']!r}, not {wanted['why']!r}"


def told(report: dict[str, Any]) -> str:
    """The verdict and the findings of a report, in a line."""
    return "; ".join([report["verdict"], *(_told(finding) for finding in report["findings"])])


def _told(finding: dict[str, Any]) -> str:
    cost = finding["cost_s"]
    return (
        f"{finding['cause']} {Path(finding['site']['file']).name}:{finding['site']['line']} {cost or 0:.2f} s"
    )
