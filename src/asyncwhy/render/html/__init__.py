"""The report as one page that works from disk, offline, and asks for nothing.

The page itself (`report.html`) is built from `web/` and is the same for every run; here it is given its data.
A content security policy forbids whatever does not stand in it, and names its script and its style by hash.
The data is base64, and what else is put in is escaped, so no name or line of a program can be markup.
"""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from importlib import resources

from asyncwhy.model import Report
from asyncwhy.render import terminal
from asyncwhy.render.html.document import packed
from asyncwhy.render.text import clean, cut

DATA, TITLE, TEXT = "<!--asyncwhy:data-->", "<!--asyncwhy:title-->", "<!--asyncwhy:text-->"


def render(report: Report, **_others: object) -> str:
    """Return the page; without a picture in the report it has no timeline."""
    title = f"asyncwhy: {' '.join(report.program.argv)}"
    page = _page()
    page = page.replace(TITLE, escape(cut(clean(title), 120)), 1)
    page = page.replace(TEXT, escape(terminal.render(report, width=100)), 1)
    return page.replace(DATA, base64.b64encode(packed(report)).decode("ascii"), 1)


@cache
def _page() -> str:
    return (resources.files(__name__) / "report.html").read_text(encoding="utf-8")
