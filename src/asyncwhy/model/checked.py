"""What is said of source that was only read."""

from __future__ import annotations

from dataclasses import dataclass, field

from asyncwhy.model.finding import Finding, Site


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that `check` could not read: where, and why, in words; line 0 where it is about the whole file."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found in source.  `hints` counts the findings that were left out for lack of confidence,
    `suppressed` those with a comment and `known` those of the baseline; `unused` are the comments that
    suppress nothing."""

    findings: tuple[Finding, ...]
    files: int
    lines: int
    unread: tuple[Unread, ...] = ()
    hints: int = 0
    suppressed: int = 0
    known: int = 0
    unused: tuple[Site, ...] = ()
    sources: dict[str, dict[int, str]] = field(default_factory=dict)
