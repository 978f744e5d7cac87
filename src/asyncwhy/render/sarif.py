"""Findings as SARIF 2.1.0, which code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/ ; the tests hold every report against the published schema.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import metadata, resources
from typing import Any
from urllib.parse import quote

from asyncwhy.model import Evidence, Finding, Remedy, Report, Site
from asyncwhy.render.changes import Change, changes
from asyncwhy.render.github import relative
from asyncwhy.render.json import plain
from asyncwhy.render.order import ranked

SCHEMA = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def render(report: Report, **_others: object) -> str:
    """Return the log as ASCII text."""
    found = ranked(report.findings)
    rules = sorted({finding.cause for finding in found})
    driver = {
        "name": "asyncwhy",
        "semanticVersion": metadata.version("asyncwhy"),
        "rules": [_rule(slug) for slug in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": True, "commandLine": _text(" ".join(report.program.argv)) or "asyncwhy"}
        ],
        "results": [_result(finding, rules.index(finding.cause)) for finding in found],
        "properties": {
            "verdict": report.verdict.value,
            "reason": _text(report.reason),
            "wall_s": report.wall_s,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


def _text(text: str) -> str:
    return str(plain(text))


@cache
def _rule(slug: str) -> dict[str, Any]:
    page = resources.files("asyncwhy.causes") / f"{slug}.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else slug
    about = text.partition("## What it is")[2].strip().partition("\n\n")[0]
    return {
        "id": slug,
        "shortDescription": {"text": " ".join(about.split()) or slug},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    related = [(part.role, part.site) for part in finding.related]
    if finding.started_by and all("started" not in role for role, _ in related):
        related.append(("started by", finding.started_by))
    made: dict[str, Any] = {
        "ruleId": finding.cause,
        "ruleIndex": rule,
        "level": "warning",
        "message": {"text": _text(finding.message or finding.headline or finding.cause)},
        "locations": [_location(finding.site)],
        "relatedLocations": [
            {"id": number, **_location(site), "message": {"text": _text(role)}}
            for number, (role, site) in enumerate(related, start=1)
        ],
        "properties": {
            "count": finding.count,
            "cost_s": plain(finding.cost_s),
            "gain_s": plain(finding.gain_s),
            "evidence": finding.evidence.value,
        },
    }
    fixes = [_fix(remedy, finding.site.file) for remedy in finding.remedies if remedy.diff]
    if fixes:
        made["fixes"] = fixes
    if finding.stack and finding.evidence is Evidence.STATIC:
        # The way that the loop would take, from what it runs to what blocks.
        steps = [{"location": _location(site)} for site in reversed(finding.stack)]
        made["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    elif finding.stack:
        frames = [{"location": _location(site)} for site in finding.stack]
        made["stacks"] = [{"message": {"text": "innermost first"}, "frames": frames}]
    return made


def _location(site: Site) -> dict[str, Any]:
    region: dict[str, int] = {"startLine": max(site.line, 1)}
    if site.column > 0:
        region["startColumn"] = site.column
        if site.end_column and site.end_column > site.column:
            region["endColumn"] = site.end_column
    made: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(site.file)}, "region": region}
    }
    if site.function:
        made["logicalLocations"] = [{"fullyQualifiedName": _text(site.function), "kind": "function"}]
    return made


def _uri(file: str) -> str:
    path = quote(relative(file).encode("utf-8", "surrogateescape" if _escaped(file) else "backslashreplace"))
    return f"file://{path}" if path.startswith("/") else path


def _escaped(file: str) -> bool:
    """Whether all its lone surrogates stand for bytes, as Python reads paths that are not UTF-8."""
    return all(not "\ud800" <= sign <= "\udfff" or "\udc80" <= sign <= "\udcff" for sign in file)


def _fix(remedy: Remedy, file: str) -> dict[str, Any]:
    by_file: dict[str, list[Change]] = {}
    for change in changes(remedy.diff or ""):
        by_file.setdefault(change.file or file, []).append(change)
    touched = [
        {
            "artifactLocation": {"uri": _uri(file if file.endswith(name) else name)},
            "replacements": [_replacement(block) for block in _blocks(own)],
        }
        for name, own in by_file.items()
    ]
    return {"description": {"text": _text(remedy.title)}, "artifactChanges": touched}


def _blocks(rows: list[Change]) -> list[list[Change]]:
    """Changed lines that follow each other: those taken out, then those put in."""
    made: list[list[Change]] = []
    for row in rows:
        before = made[-1][-1] if made else None
        follows = before is not None and (
            (row.sign == before.sign and (row.line or 0) == (before.line or 0) + 1)
            or (before.sign == "-" and row.sign == "+")
        )
        if follows:
            made[-1].append(row)
        else:
            made.append([row])
    return made


def _replacement(block: list[Change]) -> dict[str, Any]:
    gone = [row.line or 1 for row in block if row.sign == "-"]
    put = [row.text for row in block if row.sign == "+"]
    first = max(min(gone), 1) if gone else max(block[0].line or 1, 1)
    last = max(gone) + 1 if gone else first
    region = {"startLine": first, "startColumn": 1, "endLine": max(last, first), "endColumn": 1}
    made: dict[str, Any] = {"deletedRegion": region}
    if put:
        made["insertedContent"] = {"text": _text("".join(f"{line}\n" for line in put))}
    return made
