"""The user's source, asked about by file and line: calls, functions, awaits and what depends on what."""

from __future__ import annotations

from asyncwhy.source.interface import (
    Await,
    AwaitKind,
    Call,
    Confidence,
    Extent,
    Function,
    Guard,
    Independence,
    Loop,
    Source,
)
from asyncwhy.source.languages import Languages
from asyncwhy.source.python import PythonSource
from asyncwhy.source.texts import Sources

__all__ = [
    "Await",
    "AwaitKind",
    "Call",
    "Confidence",
    "Extent",
    "Function",
    "Guard",
    "Independence",
    "Languages",
    "Loop",
    "PythonSource",
    "Source",
    "Sources",
]
