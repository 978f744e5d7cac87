"""One line per finding, for CI and editors: `file:line:column: cause what it did, seconds (count)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.render.measures import seconds
from asyncwhy.render.order import ranked
from asyncwhy.render.text import clean

if TYPE_CHECKING:
    from asyncwhy.model import Finding, Report


def render(report: Report, *, ascii: bool = False, **_others: object) -> str:  # noqa: A002
    """Return the findings' lines, or one line with the verdict where there is none."""
    lines = [_finding(finding) for finding in ranked(report.findings)] or [_verdict(report)]
    return "".join(clean(line, ascii) + "\n" for line in lines)


def _finding(finding: Finding) -> str:
    site = finding.site
    column = f":{site.column}" if site.column > 0 else ""
    # The headline says what a cause does; here it has happened.
    what = (finding.headline or f"`{finding.call}`").replace(
        " stops the event loop", " stopped the event loop"
    )
    cost = f" {seconds(finding.cost_s)}" if finding.cost_s else ""
    return f"{site.file}:{site.line}{column}: {finding.cause} {what}{cost} ({finding.count}x)"


def _verdict(report: Report) -> str:
    argv = report.program.argv or ("program",)
    name = " ".join(argv[:2]) if argv[0] == "-m" else argv[0]
    return f"{name}: {report.verdict}: {report.reason}"
