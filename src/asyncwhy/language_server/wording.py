"""Findings in the protocol's words: diagnostics, the path as related information and as a hover, quick fixes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

from lsprotocol import types
from pygls import uris

from asyncwhy.check.syntax import comments
from asyncwhy.fix import apply_diff
from asyncwhy.language_server.projects import Answer
from asyncwhy.model import Finding, Remedy, Site

Units = Callable[[str], int]
"""How many columns a text takes, as the client counts them: UTF-16 units, unless it wants others."""

_SEVERITIES = {
    3: types.DiagnosticSeverity.Warning,
    2: types.DiagnosticSeverity.Information,
    1: types.DiagnosticSeverity.Hint,
}
_IGNORE = re.compile(r"(#\s*asyncwhy:\s*ignore\[)([^\]]*)\]")


def range_of(site: Site, text: str, units: Units) -> types.Range:
    """A site in the client's columns; `text` is its line."""
    line = max(site.line - 1, 0)
    start = max(site.column - 1, 0)
    end = max((site.end_column or len(text) + 1) - 1, start)
    return types.Range(
        types.Position(line, units(text[:start])), types.Position(line, units(text[: max(end, start)]))
    )


def diagnostic(finding: Finding, answer: Answer, units: Units) -> types.Diagnostic:
    """A finding, with its path as related information."""
    lines = answer.found.sources

    def place(site: Site) -> types.Location:
        text = lines.get(site.file, {}).get(site.line, "")
        return types.Location(uris.from_fs_path(site.file) or "", range_of(site, text, units))

    related = [
        types.DiagnosticRelatedInformation(place(part.site), f"{part.role} `{part.site.function}`")
        if part.role in ("called from", "also reached from")
        else types.DiagnosticRelatedInformation(place(part.site), f"called from here, {part.role}")
        for part in finding.related
    ]
    label = f": {finding.label}" if finding.label else ""
    return types.Diagnostic(
        range=place(finding.site).range,
        message=f"{finding.message}{label}",
        severity=_SEVERITIES[answer.weight(finding)],
        code=finding.cause,
        code_description=types.CodeDescription(page_of(finding.cause)),
        source="asyncwhy",
        related_information=related,
    )


def page_of(cause: str) -> str:
    """Where the page of a cause stands."""
    return Path(str(resources.files("asyncwhy.causes") / f"{cause}.md")).as_uri()


def hover(finding: Finding, answer: Answer) -> str:
    """The way from what the loop runs to what blocks, as markdown."""
    lines = answer.found.sources
    rows = [f"**{finding.cause}**: {finding.message}"]
    if finding.label:
        rows.append(finding.label)
    steps = list(reversed(finding.stack))
    if steps:
        rows.append("The way there, from what the loop runs:")
        rows.append("\n".join(_step(number, site, lines) for number, site in enumerate(steps, start=1)))
    rows += [f"help: {remedy.title}" for remedy in finding.remedies]
    return "\n\n".join([*rows, f"[What {finding.cause} is]({page_of(finding.cause)})"])


def _step(number: int, site: Site, lines: dict[str, dict[int, str]]) -> str:
    text = lines.get(site.file, {}).get(site.line, "").strip().replace("`", "'")
    address = f"{uris.from_fs_path(site.file)}#L{site.line}"
    return f"{number}. [{Path(site.file).name}:{site.line}]({address}) in `{site.function}`: `{text}`"


def actions(
    finding: Finding, shown: types.Diagnostic, uri: str, source: str, units: Units
) -> Iterable[types.CodeAction]:
    """What can be done about a finding."""
    for remedy in finding.remedies:
        yield _remedy(remedy, shown, uri, finding.site.file, source)
    edit = ignoring(source, finding.site.line, finding.cause, units)
    if edit is not None:
        yield types.CodeAction(
            f"Ignore {finding.cause} here",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[shown],
            edit=types.WorkspaceEdit(changes={uri: [edit]}),
        )


def _remedy(remedy: Remedy, shown: types.Diagnostic, uri: str, file: str, source: str) -> types.CodeAction:
    """The remedy's own change where it has one, else its title as a hint."""
    made = types.CodeAction(
        f"asyncwhy: {remedy.title}", kind=types.CodeActionKind.QuickFix, diagnostics=[shown]
    )
    changed = apply_diff(remedy.diff, {file: source}) if remedy.diff else None
    if changed and file in changed:
        whole = types.Range(types.Position(0, 0), types.Position(source.count("\n") + 1, 0))
        made.edit = types.WorkspaceEdit(changes={uri: [types.TextEdit(whole, changed[file])]})
    else:
        made.disabled = types.CodeActionDisabled("a hint: asyncwhy does not know how to write it here")
    return made


def ignoring(source: str, number: int, cause: str, units: Units) -> types.TextEdit | None:
    """The comment that takes a finding away, at its line; None where no comment can stand there."""
    lines = source.splitlines(keepends=True)
    if not 0 < number <= len(lines):
        return None
    line = lines[number - 1].rstrip("\r\n")
    said = next((text for at, text in comments(source) if at == number and _IGNORE.search(text)), "")
    if said:
        there = line.rindex(said)
        found = _IGNORE.search(said)
        assert found is not None
        start, added = there + found.end() - 1, f", {cause}" if found[2].strip() else cause
    else:
        start, added = len(line.rstrip()), f"  # asyncwhy: ignore[{cause}]"
    fixed = line[:start] + added + line[start:]
    lines[number - 1] = lines[number - 1].replace(line, fixed, 1) if line else fixed
    if not any(at == number and cause in text for at, text in comments("".join(lines))):
        return None
    at = types.Position(number - 1, units(line[:start]))
    return types.TextEdit(types.Range(at, at), added)
