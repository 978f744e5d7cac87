"""What the sentences of several ideas share: how a finding, a place or something very short is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from asyncwhy.render.measures import count, seconds, times
from asyncwhy.render.order import ranked

if TYPE_CHECKING:
    from asyncwhy.model import Finding, Report, Site

MOST = 3  # of a kind, told one by one
_LEAST_S = 0.000005  # below it `seconds` says "0 ms"


def findings_of(report: Report, causes: Collection[str]) -> tuple[str, ...]:
    """The findings of these causes, with the numbers that they have in the report."""
    found = [(i, one) for i, one in enumerate(ranked(report.findings), start=1) if one.cause in causes]
    if not found:
        return ("No finding of this run concerns it.",)
    told = [_finding(number, one) for number, one in found[:MOST]]
    if len(found) > MOST:
        told.append(f"{count(len(found) - MOST, 'more finding concerns', 'more findings concern')} it.")
    return tuple(told)


def _finding(number: int, finding: Finding) -> str:
    cost = f"{seconds(finding.cost_s)}, {times(finding.count)}" if finding.cost_s else times(finding.count)
    what = finding.headline or finding.message or finding.call
    return f"Finding {number}, {finding.cause} at {place(finding.site)}: {what} ({cost})."


def place(site: Site, *, function: bool = False) -> str:
    """`app.py:33`, or `app.py:33 in handle`."""
    return f"{site.file}:{site.line}" + (f" in {site.function}" if function and site.function else "")


def short(value: float) -> str:
    """A duration that may be shorter than reports tell."""
    return seconds(value) if value >= _LEAST_S else "less than 0.01 ms"


def listed(words: list[str], more: int = 0) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b and 4 more`."""
    said = [*words, f"{more:,} more"] if more else words
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
