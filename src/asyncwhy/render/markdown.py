"""The report for a pull request's comment: verdict, findings with the line and its change, which thread."""

from __future__ import annotations

import re

from asyncwhy.model import Finding, Remedy, Report, Verdict
from asyncwhy.render import whichthread
from asyncwhy.render.measures import count, faster, seconds, times
from asyncwhy.render.order import ranked
from asyncwhy.render.text import clean, shorten_path

_SIGNS = {
    Verdict.ASYNCHRONOUS: "✓",
    Verdict.PARTLY: "~",
    Verdict.NOT_ASYNCHRONOUS: "✗",
    Verdict.UNKNOWN: "?",
}
#: A comment of GitHub may have 65,536 characters; findings beyond these are counted.
MOST = 20
_WORTH = 0.99  # of the run: a prediction above it says nothing new
_LONGEST = 300


def render(report: Report, **_others: object) -> str:
    """Return the comment; names and lines of code cannot become markup in it."""
    lines = [f"### {_SIGNS[report.verdict]} asyncwhy: {words(report.reason)}", "", _took(report), ""]
    found = ranked(report.findings)
    if found:
        lines += ["| | finding | where | lost | without it |", "|--:|---|---|--:|--:|"]
        lines += [_row(number, one) for number, one in enumerate(found[:MOST], start=1)]
        lines.append("")
    for number, one in enumerate(found[:MOST], start=1):
        lines += _details(report, number, one)
    if len(found) > MOST:
        lines += [f"{count(len(found) - MOST, 'more finding')}: `asyncwhy report`", ""]
    if report.verdict is not Verdict.UNKNOWN:
        lines.append(f"Which thread? {_threads(report)}")
    lines += [f"<sub>{words(note)}</sub>" for note in report.unseen.notes[:5]]
    return "\n".join(lines).rstrip("\n") + "\n"


def _took(report: Report) -> str:
    gain = faster(report.wall_s, report.possible_s)
    took = f"Took **{seconds(report.wall_s)}**"
    if gain and report.findings:
        return f"{took}, could take **{seconds(report.possible_s)}** ({gain})."
    return f"{took}."


def _row(number: int, finding: Finding) -> str:
    cost = seconds(finding.cost_s) if finding.cost_s else times(finding.count)
    possible = seconds(finding.possible_s) if finding.possible_s is not None and finding.gain_s else ""
    what = f"**{finding.cause}** {words(finding.headline or finding.message)}"
    return f"| {number} | {cell(what)} | {cell(_place(finding))} | {cost} | {possible} |"


def _place(finding: Finding) -> str:
    return code(f"{shorten_path(clean(finding.site.file), 60)}:{finding.site.line}")


def _details(report: Report, number: int, finding: Finding) -> list[str]:
    made = [f"<details><summary>{number}. {_text(finding.cause)}: the code, and how to mend it</summary>", ""]
    made += [words(finding.message), ""]
    own = report.sources.get(finding.site.file, {})
    near = [line for line in range(finding.site.line - 1, finding.site.line + 2) if line in own]
    if near:
        marked = [
            f"{'>' if line == finding.site.line else ' '} {line:4} │ {clean(own[line])}" for line in near
        ]
        made += [*_block("", marked), ""]
    for remedy in finding.remedies:
        made += _remedy(report, remedy)
    return [*made, "</details>", ""]


def _remedy(report: Report, remedy: Remedy) -> list[str]:
    said = f" ({remedy.safety.value.replace('-', ' ')}"
    if remedy.possible_s is not None and remedy.possible_s < _WORTH * report.wall_s:
        said += f", predicted {seconds(remedy.possible_s)}"
    made = [f"- {words(remedy.title)}{said})", ""]
    if remedy.diff:
        made += [
            *_block("diff", [clean(line.replace("\t", "    ")) for line in remedy.diff.splitlines()]),
            "",
        ]
    return made


def _threads(report: Report) -> str:
    names = whichthread.thread_names(report)
    if len(names) <= 1:
        return "Everything ran on one. Nothing was sent to another."
    senders = dict.fromkeys(
        f"{code(place.how)} at {code(f'{shorten_path(clean(place.sent_by.site.file), 50)}:{place.sent_by.site.line}')}"
        for place in report.placements
        if place.sent_by
    )
    told = "; ".join(list(senders)[:5])
    return f"{count(len(names), 'thread')} ran the program's code" + (
        f", sent there by {told}." if told else "."
    )


def _block(language: str, lines: list[str]) -> list[str]:
    """A fence longer than any run of backticks in it."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + language, *(line[:_LONGEST] for line in lines), fence]


def code(text: str) -> str:
    """A text as code on one line, whatever backticks it has."""
    text = clean(text)[:_LONGEST]
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def words(text: str) -> str:
    """A sentence of ours: its `code` stays code, whatever else is in it is plain."""
    parts = re.split(r"(`[^`]+`)", clean(text)[: 4 * _LONGEST])
    return "".join(
        part if part[:1] == "`" and part[-1:] == "`" and len(part) > 2 else _text(part) for part in parts
    )


def _text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\*_`\[\]#@|~!])", r"\\\1", text)


def cell(text: str) -> str:
    """Markup that stays within its cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", text).replace("\n", " ")
