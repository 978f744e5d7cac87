"""A finding: what it is and what it costs, the code, who called and started it, and the help."""

from __future__ import annotations

import re

from asyncwhy.model import Evidence, Finding, Related, Remedy, Report, Safety
from asyncwhy.render import changes
from asyncwhy.render.codeframe import Frame, gutter
from asyncwhy.render.measures import count, seconds, sooner, times
from asyncwhy.render.order import ranked
from asyncwhy.render.page import Ink, Page
from asyncwhy.render.text import cells

MOST_FINDINGS = 3
_MOST_RELATED = 6
_MOST_VICTIMS = 2
_WORTH = 0.99  # of the run: a prediction above it says nothing new
_OF_CALLS = frozenset({"blocking-call", "gil-held"})  # their count is one of calls
_OF_LOOP = frozenset({"cpu-on-loop", "many-small-holds", "loop-saturated", "oversubscribed", *_OF_CALLS})
_OR = re.compile(r"^or[,:]? ")  # a title that says itself that there is a better way
_KNOWN = {
    Evidence.MEASURED: "",
    Evidence.INFERRED: "   (inferred)",
    Evidence.STATIC: "",
}
_SAFETY = {
    Safety.SAFE: "",
    Safety.CHANGES_BEHAVIOUR: "changes behaviour",
    Safety.SKETCH: "a sketch",
}


def draw(page: Page, report: Report) -> None:
    """Print the findings that cost most, and how to see the rest."""
    found = ranked(report.findings)
    for number, finding in enumerate(found[:MOST_FINDINGS], start=1):
        page.blank()
        show(page, report, number, finding)
    rest = found[MOST_FINDINGS:]
    if rest:
        page.blank()
        more = f"{count(len(rest), 'more finding')}, "
        lost_s = sum(finding.cost_s or 0.0 for finding in rest)
        together = " together" if len(rest) > 1 else ""
        more += f"{seconds(lost_s)}{together}: " if lost_s else "see: "
        page.prose(more + "asyncwhy report --format concise")


def show(page: Page, report: Report, number: int, finding: Finding) -> None:
    """Print one finding."""
    site = finding.site
    title = f"{finding.headline or finding.message or finding.call}"
    page.pair((f"{number}. ", Ink.STRONG), f"{finding.cause}: {title}", _cost(finding), Ink.CAUSE)
    related = finding.related[:_MOST_RELATED]
    frame = Frame(page, report.sources, gutter([site.line, *(r.site.line for r in related)]))
    known = _KNOWN[finding.evidence]
    place = page.place(site, page.width - 7 - cells(known), function=not frame.has(site))
    page.add(("   --> ", Ink.FAINT), place, (known, Ink.FAINT))
    if frame.has(site):
        frame.definition(site)
        frame.marked(site, finding.label, "^", Ink.FAULT)
    elif finding.label:
        page.prose(finding.label, " " * 7, ink=Ink.FAULT)
    file = site.file
    for part in _with_starter(finding, related):
        _related(frame, part, file)
        file = part.site.file
    kept_waiting = _victims(page, report, finding)
    _outlook(page, report, finding, told=kept_waiting)
    for index, remedy in enumerate(finding.remedies):
        _remedy(frame, report, finding, remedy, first=index == 0)


def _cost(finding: Finding) -> str:
    if finding.evidence is Evidence.STATIC:
        return count(finding.count, "entry point") if finding.count > 1 else ""
    if not finding.cost_s:
        return times(finding.count)
    direct = not finding.stack or finding.stack[0] == finding.site
    if finding.cause in _OF_CALLS and (direct or finding.count > 1):
        return f"{seconds(finding.cost_s)} in {count(finding.count, 'call')}"
    return f"{seconds(finding.cost_s)}, {times(finding.count)}"


def _with_starter(finding: Finding, related: tuple[Related, ...]) -> tuple[Related, ...]:
    """Return the related sites, and among them where the library's line is and who started the task."""
    inner = finding.stack[0] if finding.stack else finding.site
    if finding.inside_library and inner not in (finding.site, *(part.site for part in related)):
        related = (Related(f"inside {finding.inside_library}", inner), *related)
    if finding.started_by and all("started" not in part.role for part in related):
        related = (*related, Related("started by", finding.started_by))
    return related


def _related(frame: Frame, related: Related, file: str) -> None:
    page = frame.page
    head = f"   {page.clean(related.role)}"
    if related.site.file != file or not frame.has(related.site):
        place = page.place(related.site, page.width - cells(head) - 1, function=not frame.has(related.site))
        page.add((head, Ink.FAINT), " ", place)
    else:
        page.add((head, Ink.FAINT))
    if frame.has(related.site):
        frame.marked(related.site, related.note, "-", Ink.RELATED)
    elif related.note:
        page.prose(related.note, " " * 7, ink=Ink.RELATED)


def _victims(page: Page, report: Report, finding: Finding) -> bool:
    told = {(site.file, site.line) for site in (finding.site, *(part.site for part in finding.related))}
    elsewhere = [v for v in finding.victims if (v.site.file, v.site.line) not in told]
    latest = sorted(elsewhere, key=lambda victim: -victim.late_s)[:_MOST_VICTIMS]
    for index, victim in enumerate(latest):
        head = "   kept waiting " if index == 0 else " " * 16
        late = seconds(victim.late_s)
        if victim.late_s > report.wall_s and victim.count > 1:
            late = f"{seconds(victim.late_s / victim.count)} each"  # the sum is of many at once
        right = f"{times(victim.count)}, {late}"
        room = page.width - len(head) - (0 if page.narrow else len(right) + 2)
        page.pair((head, Ink.FAINT), page.place(victim.site, room, column=False, function=True), right)
    return bool(latest)


def _outlook(page: Page, report: Report, finding: Finding, *, told: bool) -> None:
    """Say what mending it brings, where no remedy says so."""
    if any(_predicted(report, remedy) for remedy in finding.remedies):
        return
    pace = sooner(report.pace, finding.possible_pace)
    if finding.possible_s is not None and finding.possible_s < _WORTH * report.wall_s:
        page.prose(f"without it the run would take {seconds(finding.possible_s)}", "   ")
    elif pace:
        page.prose(f"without it {pace}", "   ")
    elif finding.effects.late_s and not told and finding.cause in _OF_LOOP:
        page.prose(f"others waited {seconds(finding.effects.late_s)} for the event loop because of it", "   ")


def _predicted(report: Report, remedy: Remedy) -> str:
    if remedy.possible_s is None or remedy.possible_s >= _WORTH * report.wall_s:
        return ""
    return f"predicted {seconds(remedy.possible_s)}"


def _remedy(frame: Frame, report: Report, finding: Finding, remedy: Remedy, *, first: bool) -> None:
    page = frame.page
    if first:
        page.blank()
        head, title = "   help: ", _OR.sub("", remedy.title)
    else:
        title = _OR.sub("", remedy.title)
        head = "   or, " if title.startswith("if ") else "   or: "
    said = [text for text in (_predicted(report, remedy), _SAFETY[remedy.safety]) if text]
    page.pair((head, Ink.GOOD), title, f"({'; '.join(said)})" if said else "")
    if remedy.diff:
        changes.show(frame, remedy.diff, finding.site.file)
