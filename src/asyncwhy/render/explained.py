"""What `explain` prints: a page of the manual, then what the user's own run showed of it; or what pages there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asyncwhy.model import Report, Verdict
from asyncwhy.render import findings, manual
from asyncwhy.render.measures import count, seconds
from asyncwhy.render.order import ranked
from asyncwhy.render.page import Ink, Page, Style
from asyncwhy.render.text import cells

HEADING = "IN YOUR OWN RUN"


def page(text: str, style: Style) -> str:
    """Return a page of the manual, given as Markdown, for the terminal."""
    made = Page(style)
    manual.draw(made, text)
    return made.text()


def contents(groups: Mapping[str, Mapping[str, str]], style: Style) -> str:
    """Return all pages, by group and slug, each with its first sentence."""
    made = Page(style)
    widest = max((cells(slug) for pages in groups.values() for slug in pages), default=0)
    for heading, pages in groups.items():
        made.blank()
        made.add((heading.upper(), Ink.STRONG))
        for slug, text in pages.items():
            _entry(made, slug, widest, manual.first_sentence(text))
    return made.text()


def _entry(made: Page, slug: str, widest: int, sentence: str) -> None:
    if made.narrow:
        made.add("  ", slug)
        made.prose(sentence, "    ")
    else:
        made.prose(sentence, f"  {slug:<{widest}}  ")


def run_of_cause(report: Report, slug: str, rest: str, style: Style) -> str:
    """Return what a run has of a cause: its findings as a report shows them; `rest` is the command for all."""
    made = _own(report, style)
    numbered = list(enumerate(ranked(report.findings), start=1))
    of_it = [(number, finding) for number, finding in numbered if finding.cause == slug]
    for number, finding in of_it[: findings.MOST_FINDINGS]:
        made.blank()
        findings.show(made, report, number, finding)
    made.blank()
    more = len(of_it) - findings.MOST_FINDINGS
    if not of_it:
        made.prose(_none(report, slug))
    elif more > 0:
        made.prose(f"{count(more, 'more finding')} of it: {rest}")
    return made.text()


def _none(report: Report, slug: str) -> str:
    if report.verdict is Verdict.UNKNOWN:
        return f"It has no {slug}, but could not be judged: {report.reason}."
    others = list(dict.fromkeys(finding.cause for finding in ranked(report.findings)))
    return f"It has no {slug}." + (f" What it has: {', '.join(others)}." if others else " Nothing was found.")


def run_of_idea(report: Report, told: Iterable[str], style: Style) -> str:
    """Return what a run showed of an idea, in sentences."""
    made = _own(report, style)
    made.blank()
    for sentence in told:
        made.prose(sentence, "- ")
    return made.text()


def no_run(why: str, style: Style) -> str:
    """Return the section on the user's run where there is none to tell of: one sentence, why."""
    made = _section(style)
    made.prose(why)
    return made.text()


def _own(report: Report, style: Style) -> Page:
    made = _section(style)
    where = f" ({report.trace})" if report.trace else ""
    made.prose(f"{' '.join(report.program.argv)}, {seconds(report.wall_s)}{where}", ink=Ink.FAINT)
    return made


def _section(style: Style) -> Page:
    made = Page(style)
    made.lines.append(())
    made.add((HEADING, Ink.STRONG))
    made.blank()
    return made
