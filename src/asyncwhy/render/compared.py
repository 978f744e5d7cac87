"""Two runs side by side, as text: for people, for a pull request's comment, or as data (`asyncwhy.compare/1`)."""

from __future__ import annotations

import json

from asyncwhy.model import COMPARE_SCHEMA, Comparison, Direction, Finding, Measure, Report, Shift
from asyncwhy.render.json import plain
from asyncwhy.render.markdown import cell, code, words
from asyncwhy.render.measures import seconds, times
from asyncwhy.render.page import Ink, Page, Style
from asyncwhy.render.text import cells, clean, shorten_path

FORMATS = ("terminal", "json", "markdown")

_SIGNS = {Direction.BETTER: "✓", Direction.WORSE: "✗", Direction.MIXED: "~", Direction.SAME: "="}
_INKS = {
    Direction.BETTER: Ink.GOOD,
    Direction.WORSE: Ink.BAD,
    Direction.MIXED: Ink.PARTLY,
    Direction.SAME: Ink.PLAIN,
}
_SENTENCES = {
    Direction.BETTER: "BETTER   and nothing became worse",
    Direction.WORSE: "WORSE   and nothing became better",
    Direction.MIXED: "MIXED   some became better, some worse",
    Direction.SAME: "THE SAME   no difference that is more than two runs of one program have",
}


def render(
    compared: Comparison,
    form: str,
    *,
    width: int = 80,
    colour: bool = False,
    ascii: bool = False,  # noqa: A002
) -> str:
    """Return what differs as text that ends with a newline."""
    if form == "json":
        return json.dumps(document(compared), indent=2, allow_nan=False) + "\n"
    if form == "markdown":
        return _markdown(compared)
    return _terminal(compared, Page(Style(width, colour, ascii)))


def document(compared: Comparison) -> dict[str, object]:
    """Return the document as plain dicts, lists, strings and numbers; of the two runs, which they were."""
    return {
        "schema": COMPARE_SCHEMA,
        "direction": compared.direction.value,
        **{
            name: {"trace": report.trace, "program": plain(report.program), "verdict": report.verdict.value}
            for name, report in (("before", compared.before), ("after", compared.after))
        },
        "measures": plain(compared.measures),
        "shifts": plain(compared.shifts),
    }


# --- for people ----------------------------------------------------------------------------------------


def _terminal(compared: Comparison, page: Page) -> str:
    for head, report in (("before  ", compared.before), ("after   ", compared.after)):
        page.prose(_run(report), head)
    page.blank()
    page.prose(
        _SENTENCES[compared.direction], f"{_SIGNS[compared.direction]} ", ink=_INKS[compared.direction]
    )
    page.blank()
    _measures(page, compared)
    for shift in compared.shifts:
        page.blank()
        _shift(page, shift)
    return page.text()


def _run(report: Report) -> str:
    return " ── ".join([" ".join(report.program.argv), seconds(report.wall_s), report.trace or ""])


def _measures(page: Page, compared: Comparison) -> None:
    shown = [one for one in compared.measures if one.before or one.after or one.name == "took"]
    first = max((cells(one.name) for one in shown), default=0)
    for one in shown:
        before, after = _figures(one)
        line = f"  {one.name:<{first}}  {before:>10}  {after:>10}"
        if page.narrow:
            page.prose(f"{one.name}: {before}, now {after}")
        else:
            page.add((line, Ink.PLAIN), "  ", (_told(one), _INKS[one.direction]))


def _told(measure: Measure) -> str:
    return (
        ""
        if measure.direction is Direction.SAME
        else f"{_SIGNS[measure.direction]} {measure.direction.value}"
    )


def _figures(measure: Measure) -> tuple[str, str]:
    if measure.unit == "s":
        return seconds(measure.before), seconds(measure.after)
    if measure.unit == "verdict":
        short = ("async", "partly", "not async")
        return short[int(measure.before)], short[int(measure.after)]
    digits = 0 if measure.name == "threads" else 1
    return f"{measure.before:,.{digits}f}", f"{measure.after:,.{digits}f}"


def _shift(page: Page, shift: Shift) -> None:
    finding = shift.after or shift.before
    assert finding is not None
    head = (f"{_SIGNS[shift.direction]} ", _INKS[shift.direction])
    page.pair(
        head,
        f"{finding.cause}: {finding.headline or finding.message}",
        _became(shift),
        _INKS[shift.direction],
    )
    page.add(("  --> ", Ink.FAINT), page.place(finding.site, page.width - 6, function=True))


def _became(shift: Shift) -> str:
    if shift.before is None:
        return f"new, {_cost(shift.after)}"
    if shift.after is None:
        return f"gone, it cost {_cost(shift.before)}"
    return f"{_cost(shift.before)}, now {_cost(shift.after)}"


def _cost(finding: Finding | None) -> str:
    if finding is None:
        return ""
    return seconds(finding.cost_s) if finding.cost_s else times(finding.count)


# --- for a comment -------------------------------------------------------------------------------------


def _markdown(compared: Comparison) -> str:
    lines = [f"### {_SIGNS[compared.direction]} asyncwhy: {compared.direction.value}", ""]
    lines += ["| | before | after | |", "|---|--:|--:|---|"]
    for one in compared.measures:
        before, after = _figures(one)
        lines.append(f"| {one.name} | {before} | {after} | {_told(one)} |")
    if compared.shifts:
        lines += ["", "| | finding | where | |", "|---|---|---|---|"]
    for shift in compared.shifts:
        finding = shift.after or shift.before
        assert finding is not None
        what = cell(f"**{finding.cause}** {words(finding.headline or finding.message)}")
        where = cell(code(f"{shorten_path(clean(finding.site.file), 60)}:{finding.site.line}"))
        lines.append(f"| {_SIGNS[shift.direction]} | {what} | {where} | {_became(shift)} |")
    return "\n".join(lines) + "\n"
