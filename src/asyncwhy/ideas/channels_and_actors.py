"""What a run showed of queues, limits and locks between tasks: only what kept somebody waiting is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncwhy.ideas.told import findings_of, listed

if TYPE_CHECKING:
    from asyncwhy.model import Report

CAUSES = ("serial-dispatch", "concurrency-limit", "serialised-by-lock", "self-wait")


def seen(report: Report) -> tuple[str, ...]:
    """The findings about queues, limits and locks; and what their absence does not say."""
    if any(finding.cause in CAUSES for finding in report.findings):
        return findings_of(report, CAUSES)
    return (
        f"No {listed(list(CAUSES)).replace(' and ', ' or ')} was found.",
        "A queue that made nobody wait is not in a report, so whether the program has one cannot be told from it.",
    )
