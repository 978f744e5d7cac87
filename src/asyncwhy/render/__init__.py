"""`render(report, format)`: one report in, one text out; a backend is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from asyncwhy.errors import UsageError

if TYPE_CHECKING:
    from asyncwhy.model import Report

FORMATS = ("terminal", "concise", "json", "html", "markdown", "github", "sarif")


def render(report: Report, format: str, **style: object) -> str:  # noqa: A002
    """Return the report as text that ends with a newline.

    The styles are `width`, `colour` and `ascii` (terminal) and `schedule` (json); a backend ignores
    those that are not its own, so a caller may pass all it knows.  Raises `UsageError` for a format
    that does not exist.
    """
    if format not in FORMATS:
        raise UsageError(f"no such format: {format!a} (there are: {', '.join(FORMATS)})")
    text: str = import_module(f"{__name__}.{format}").render(report, **style)
    return text
