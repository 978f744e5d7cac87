"""The ideas that asynchronous programs are made of: a page each, and what a run showed of it.

Each idea is a module with `CAUSES`, the causes that concern it, and `seen(report)`, beside its page `<slug>.md`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncwhy.model import Report

#: In the order in which one builds on the other.
IDEAS = (
    "event-loop",
    "task",
    "concurrency",
    "executor",
    "threads",
    "context-switching",
    "channels-and-actors",
)


def seen(slug: str, report: Report) -> tuple[str, ...]:
    """What a run showed of an idea, in sentences; at least one."""
    idea = import_module(f"{__name__}.{slug.replace('-', '_')}")
    told: tuple[str, ...] = idea.seen(report)
    return told
