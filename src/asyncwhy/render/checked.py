"""What `check` found, as text: for people, one line each, or as data (`asyncwhy.check/1`)."""

from __future__ import annotations

import json
from collections import Counter

from asyncwhy.model import CHECK_SCHEMA, Checked, Concurrency, Finding, Parallelism, Program, Report, Verdict
from asyncwhy.render import findings as finding_blocks
from asyncwhy.render import github, sarif
from asyncwhy.render.json import plain
from asyncwhy.render.measures import count
from asyncwhy.render.page import Ink, Page, Style
from asyncwhy.render.text import clean

FORMATS = ("terminal", "concise", "json", "sarif", "github")


def render(
    checked: Checked,
    form: str,
    *,
    width: int = 80,
    colour: bool = False,
    ascii: bool = False,  # noqa: A002
) -> str:
    """Return what was found as text that ends with a newline."""
    if form == "json":
        return json.dumps(document(checked), indent=2, allow_nan=False) + "\n"
    if form == "concise":
        return "".join(clean(line, ascii) + "\n" for line in _concise(checked))
    if form == "sarif":
        return sarif.render(report_of(checked))
    if form == "github":
        return github.workflow_commands(report_of(checked))
    return _terminal(checked, Page(Style(width, colour, ascii)))


def report_of(checked: Checked) -> Report:
    """The findings as a report of a program that never ran, for formats that know nothing else."""
    program = Program(("check",), "python", "", (), None, 0)
    nothing = Concurrency(0.0, 0.0), Parallelism(0.0, 0.0, 0)
    return Report(
        program, Verdict.UNKNOWN, "nothing was run", 0.0, 0.0, *nothing,
        findings=checked.findings, sources=checked.sources,
    )  # fmt: skip


def document(checked: Checked) -> dict[str, object]:
    """Return the document as plain dicts, lists, strings and numbers."""
    answer: dict[str, object] = {"schema": CHECK_SCHEMA}
    for name in ("findings", "files", "lines", "unread", "hints", "suppressed", "known", "unused"):
        answer[name] = plain(getattr(checked, name))
    return answer


def _concise(checked: Checked) -> list[str]:
    lines = [_line(finding) for finding in checked.findings]
    for site in checked.unused:
        lines.append(f"{site.file}:{site.line}:{site.column}: unused `asyncwhy: ignore`")
    return lines + [_unread(one.file, one.line, one.reason) for one in checked.unread]


def _line(finding: Finding) -> str:
    site = finding.site
    outer = [part for part in finding.related if part.role == "called from"]
    if outer:
        entry = outer[-1].site
        where = (
            f", {outer[-1].note} (line {entry.line})"
            if entry.file == site.file
            else (f", {outer[-1].note} ({entry.file}:{entry.line})")
        )
    else:
        where = f", {finding.label}" if finding.label else ""
    more = f" and {count(finding.count - 1, 'other')}" if finding.count > 1 else ""
    return f"{site.file}:{site.line}:{site.column}: {finding.cause} {finding.headline}{where}{more}"


def _unread(file: str, line: int, reason: str) -> str:
    return f"{file}:{line}:1: not checked: {reason}" if line else f"{file}: not checked: {reason}"


def _terminal(checked: Checked, page: Page) -> str:
    report = report_of(checked)
    for number, finding in enumerate(checked.findings, start=1):
        finding_blocks.show(page, report, number, finding)
        page.blank()
    for line in _concise(checked)[len(checked.findings) :]:
        page.prose(page.clean(line))
    _summary(checked, page)
    return page.text()


def _summary(checked: Checked, page: Page) -> None:
    read = f"{count(checked.files, 'file')}, {count(checked.lines, 'line')}"
    notes = [f"{checked.suppressed} suppressed"] if checked.suppressed else []
    notes += [f"{checked.known} in the baseline"] if checked.known else []
    notes += [f"{count(checked.hints, 'hint')} not shown (--hints)"] if checked.hints else []
    tail = f" ({'; '.join([read, *notes])})"
    if not checked.findings:
        page.add((page.clean("✓ "), Ink.GOOD), "nothing that stops the event loop was found" + tail)
        return
    causes = Counter(finding.cause for finding in checked.findings)
    said = ", ".join(f"{number} {cause}" for cause, number in causes.most_common())
    page.add((page.clean("✗ "), Ink.FAULT), f"{count(len(checked.findings), 'finding')}: {said}{tail}")
