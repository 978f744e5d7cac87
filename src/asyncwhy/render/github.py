"""Findings as annotations of GitHub Actions: one workflow command per line, shown beside the line of code."""

from __future__ import annotations

import os

from asyncwhy.model import Finding, Report
from asyncwhy.render.measures import seconds
from asyncwhy.render.order import ranked
from asyncwhy.render.text import clean


def render(report: Report, **_others: object) -> str:
    """Return one command per finding, and one for the verdict."""
    return (
        f"{workflow_commands(report)}::notice title=asyncwhy::{_data(f'{report.verdict}: {report.reason}')}\n"
    )


def workflow_commands(report: Report) -> str:
    """Return one command per finding."""
    return "".join(f"{_command(finding)}\n" for finding in ranked(report.findings))


def _command(finding: Finding) -> str:
    site = finding.site
    facts = {"file": relative(site.file), "line": str(site.line)}
    if site.column > 0:
        facts["col"] = str(site.column)
        if site.end_column:
            facts["endColumn"] = str(max(site.end_column - 1, site.column))
    facts["title"] = f"asyncwhy {finding.cause}"
    told = ",".join(f"{name}={_property(value)}" for name, value in facts.items())
    cost = f" ({seconds(finding.cost_s)} lost)" if finding.cost_s else ""
    helps = "".join(f"\nhelp: {remedy.title}" for remedy in finding.remedies[:2])
    return f"::warning {told}::{_data(finding.message or finding.headline, f'{cost}{helps}')}"


def relative(file: str) -> str:
    """The path from the current folder, which in a workflow is the repository's; others stay as they are."""
    here = os.getcwd()
    return os.path.relpath(file, here) if os.path.isabs(file) and file.startswith(here + os.sep) else file


def _data(text: str, after: str = "") -> str:
    whole = "\n".join(clean(line) for line in f"{text}{after}".split("\n"))
    return whole.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
