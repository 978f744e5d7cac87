"""`# asyncwhy: ignore[cause] reason` on the line of a finding, or on a line of its path."""

from __future__ import annotations

import re

from asyncwhy.check.calling import Place
from asyncwhy.check.findings import Wording
from asyncwhy.check.project import Project
from asyncwhy.model import Finding, Site

_IGNORE = re.compile(r"#\s*asyncwhy:\s*ignore(?:\[(?P<causes>[\w\s,-]*)\])?")


def apply(
    findings: list[Finding], project: Project, wording: Wording
) -> tuple[list[Finding], int, list[Site]]:
    """(findings that no comment takes away, how many one did, the comments that took none)."""
    said: dict[tuple[str, int], frozenset[str] | None] = {}
    for path in project.packed:
        for line, text in project.known(path).summary.comments:
            found = _IGNORE.search(text)
            if found:
                causes = found["causes"]
                said[path, line] = None if causes is None else frozenset(causes.replace(",", " ").split())
    kept: list[Finding] = []
    used: set[tuple[str, int]] = set()
    for finding in findings:
        matching = [
            key
            for key in {(site.file, site.line) for site in (finding.site, *finding.stack)}
            if key in said and _covers(said[key], finding.cause)
        ]
        used.update(matching)
        if not matching:
            kept.append(finding)
    unused = [
        wording.site(Place(path, 0, line, 0, line, 0))
        for path, line in sorted(said)
        if (path, line) not in used
    ]
    return kept, len(findings) - len(kept), unused


def _covers(causes: frozenset[str] | None, cause: str) -> bool:
    return causes is None or cause in causes
