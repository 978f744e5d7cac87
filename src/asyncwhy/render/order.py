"""In which order findings stand, and so which number each has, in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncwhy.model import Finding


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by seconds lost, most first; those without a cost come last, as they stood."""
    return sorted(findings, key=lambda finding: -(finding.cost_s or 0.0))
