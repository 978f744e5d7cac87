"""What the source shows and what a run measured, side by side."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator

from asyncwhy.model import Checked, Finding, Report, Site


def join(found: Checked, report: Report) -> Checked:
    """The findings by seconds really lost, each marked as seen or not; then what only the run saw."""
    left = list(report.findings)
    joined: list[Finding] = []
    for finding in found.findings:
        seen = [one for one in left if _is_same(finding, one)]
        left = [one for one in left if one not in seen]
        joined.append(_marked(finding, seen))
    joined.sort(key=lambda finding: -(finding.cost_s or 0.0))
    sources = {file: dict(lines) for file, lines in found.sources.items()}
    for file, lines in report.sources.items():
        sources.setdefault(file, {}).update(lines)
    only = [
        dataclasses.replace(one, headline=f"{one.headline or one.cause} (only the run saw it)")
        for one in left
    ]
    return dataclasses.replace(found, findings=(*joined, *only), sources=sources)


def _marked(finding: Finding, seen: list[Finding]) -> Finding:
    if not seen:
        return dataclasses.replace(finding, headline=f"{finding.headline} (not seen in the run)")
    cost_s = sum(one.cost_s or 0.0 for one in seen)
    gains = [one.gain_s for one in seen if one.gain_s is not None]
    said = f"{finding.headline} ({cost_s:.2f} s in the run)"
    return dataclasses.replace(
        finding, headline=said, cost_s=cost_s, gain_s=sum(gains) if gains else None, victims=seen[0].victims
    )


def _is_same(finding: Finding, measured: Finding) -> bool:
    """Whether a measured finding stands on the innermost place of a path, or on its site."""
    if finding.cause != measured.cause and not {finding.cause, measured.cause} <= _HOLDING:
        return False
    ours = {_place(site) for site in (finding.site, *finding.stack[:1])}
    return any(_place(site) in ours for site in _sites(measured))


_HOLDING = frozenset({"blocking-call", "cpu-on-loop", "gil-held", "many-small-holds", "self-wait"})


def _sites(finding: Finding) -> Iterator[Site]:
    yield finding.site
    yield from finding.stack[:1]


def _place(site: Site) -> tuple[str, int]:
    return os.path.realpath(site.file), site.line
