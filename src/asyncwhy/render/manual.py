"""A page of the manual on a terminal: what is written in Markdown, laid out for its width.

Only what the pages of causes and ideas use is understood: headings, paragraphs, lists, fenced code, tables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asyncwhy.render.page import Ink, Page
from asyncwhy.render.text import cells, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"\s*(```+|~~~+)")
_HEADING = re.compile(r"(#+) +(.+)")
_ITEM = re.compile(r"(\s*(?:[-*]|\d+\.) +)(.+)")
_INLINE = re.compile(
    r"\[(?P<link>(?:`[^`]*`|[^\]`])+)\]\([^)]*\)|(?P<code>`[^`]*`)"
    r"|\*\*(?P<strong>[^*]+)\*\*|\*(?P<mild>[^*\s][^*]*)\*"
)
_NO_END = 1_000_000  # lines of a paragraph: all of it is shown


def draw(page: Page, text: str) -> None:
    """Put a page of the manual on a page: prose wrapped, code and tables as they stand."""
    in_list = False
    for block in _blocks(text):
        item = bool(_ITEM.match(block[0]))
        if not (in_list and item):
            page.blank()
        _block(page, block)
        in_list = item


def plain(text: str) -> str:
    """Return a line of prose without its markup: links are their text, code keeps its marks."""
    return _INLINE.sub(_said, text)


def first_sentence(text: str) -> str:
    """Return the sentence below a page's title, on one line, without its full stop."""
    paragraph = next((block for block in _blocks(text) if not _HEADING.match(block[0])), [""])
    return plain(_joined(paragraph)).partition(". ")[0].rstrip(".")


def _said(found: re.Match[str]) -> str:
    if found["code"]:
        return found["code"]
    return plain(found["link"] or found["strong"] or found["mild"])


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines that belong together: a fence with its code, a table, an item, a paragraph, a heading."""
    block: list[str] = []
    fence = ""
    for line in text.splitlines():
        opening = _FENCE.match(line)
        if fence:
            block.append(line)
            if line.strip() == fence:
                yield block
                block, fence = [], ""
            continue
        if block and (opening or not line.strip() or _begins(line, block)):
            yield block
            block = []
        if line.strip():
            block.append(line)
        fence = opening[1] if opening else ""
    if block:
        yield block


def _begins(line: str, block: list[str]) -> bool:
    """Whether a line begins another block than that of the lines before it."""
    if line.startswith("|") or block[0].startswith("|"):
        return line.startswith("|") is not block[0].startswith("|")
    return bool(_HEADING.match(line) or _HEADING.match(block[0]) or _ITEM.match(line))


def _block(page: Page, block: list[str]) -> None:
    heading, item = _HEADING.match(block[0]), _ITEM.match(block[0])
    fence = _FENCE.match(block[0])
    if fence:
        for line in block[1:]:
            if line.strip() != fence[1]:
                page.verbatim(line, Ink.RELATED)
    elif block[0].startswith("|"):
        for line in block:
            page.verbatim(line)
    elif heading:
        title = plain(heading[2])
        _wrapped(page, title if heading[1] == "#" else title.upper(), "", Ink.STRONG)
    elif item:
        _wrapped(page, plain(_joined([item[2], *block[1:]])), item[1])
    else:
        _wrapped(page, plain(_joined(block)), " " * (len(block[0]) - len(block[0].lstrip())))


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _wrapped(page: Page, text: str, first: str, ink: Ink = Ink.PLAIN) -> None:
    for index, line in enumerate(wrap(page.clean(text), page.width - cells(first), _NO_END)):
        page.add(first if index == 0 else " " * cells(first), (line, ink))
