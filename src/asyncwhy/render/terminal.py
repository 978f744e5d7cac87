"""The verdict for a person at a terminal: sentence, seconds, picture, findings, threads, what next."""

from __future__ import annotations

import signal

from asyncwhy.model import Program, Report, Verdict
from asyncwhy.render import findings, lanes, whichthread
from asyncwhy.render.measures import count, faster, seconds, sooner
from asyncwhy.render.order import ranked
from asyncwhy.render.page import Ink, Page, Style
from asyncwhy.render.text import cells, shorten, wrap

_VERDICTS = {
    Verdict.ASYNCHRONOUS: ("✓ ASYNCHRONOUS", Ink.GOOD),
    Verdict.PARTLY: ("~ PARTLY ASYNCHRONOUS", Ink.PARTLY),
    Verdict.NOT_ASYNCHRONOUS: ("✗ NOT ASYNCHRONOUS", Ink.BAD),
    Verdict.UNKNOWN: ("? COULD NOT TELL", Ink.PARTLY),
}
_RUNTIMES = {"python": "Python", "cpython": "Python", "node": "Node.js", "dotnet": ".NET", "go": "Go"}
_WORTH_A_NOTE = 0.01  # of the run: below it nobody's conclusion changes by what watching cost


def render(
    report: Report,
    *,
    width: int = 80,
    colour: bool = False,
    ascii: bool = False,  # noqa: A002
    **_others: object,
) -> str:
    """Return the verdict in lines of at most `width` columns (40 at least, 120 at most)."""
    page = Page(Style(width, colour, ascii))
    _header(page, report)
    page.blank()
    _verdict(page, report)
    told = report.verdict is not Verdict.UNKNOWN
    if told or report.findings:
        lanes.draw(page, report)
    findings.draw(page, report)
    if told or len(whichthread.thread_names(report)) > 1:
        whichthread.draw(page, report)
    if told:
        _explain(page, report)
        _at_once(page, report)
        _how_late(page, report)
    if report.verdict is Verdict.ASYNCHRONOUS and not report.findings:
        _nothing_to_fix(page, report)
    _notes(page, report)
    _next(page, report)
    return page.text()


def _header(page: Page, report: Report) -> None:
    program = report.program
    runtime = _RUNTIMES.get(program.runtime.lower(), program.runtime)
    version = ".".join(program.runtime_version.split(".")[:2])
    facts = [
        "asyncwhy",
        " ".join(program.argv),
        " ".join([runtime, version, *program.frameworks[:3]]),
        seconds(report.wall_s),
    ]
    if program.processes > 1:
        facts.append(count(program.processes, "process", "processes"))
    if len(report.loops) > max(program.processes, 1):
        facts.append(count(len(report.loops), "event loop"))
    facts.append(count(max(whichthread.how_many_threads(report), 1), "thread"))
    between = " ── "
    line = ""
    for fact in filter(None, (page.clean(fact).strip() for fact in facts)):
        room = page.width - (len("asyncwhy" + between) if line == "asyncwhy" else 2)
        part = shorten(fact, room)
        if line and cells(line) + len(between) + cells(part) > page.width:
            page.add((line, Ink.STRONG))
            line = "  " + part
        else:
            line = f"{line}{between}{part}" if line else part
    page.add((line, Ink.STRONG))


def _verdict(page: Page, report: Report) -> None:
    words, ink = _VERDICTS[report.verdict]
    lines = [report.reason]
    if report.verdict is Verdict.UNKNOWN:
        lines += report.explanation
    else:
        lines.append(_took(report))
    left = 4 if page.narrow else cells(words) + 3
    if page.narrow:
        page.add((words, ink))
    for index, text in enumerate(line for line in lines if line):
        for at, line in enumerate(wrap(page.clean(text), page.width - left)):
            beside = index == at == 0 and not page.narrow
            head = (words.ljust(left), ink) if beside else (" " * left, Ink.PLAIN)
            page.add(head, (line, Ink.STRONG if index == 0 else Ink.PLAIN))


def _took(report: Report) -> str:
    text = f"took {seconds(report.wall_s)}"
    gain = faster(report.wall_s, report.possible_s)
    if gain and report.findings:
        text += f", could take {seconds(report.possible_s)} ({gain})"
    elif _continues(report):
        text += f"; {report.explanation[0]}"
    elif report.findings and report.loops:
        text += f"; longest stop of the event loop: {_longest(report)}"
    return text


def _continues(report: Report) -> bool:
    """Whether the first explanation goes on after "took 2.00 s; ": it then begins in lower case."""
    return bool(report.explanation) and report.explanation[0][:1].islower()


def _longest(report: Report) -> str:
    """The longest stop of a loop; a library's own, in a thread of its own, only counts where there is no other."""
    own = {(thread.name, thread.process) for thread in report.threads if thread.ran_code}
    concerned = [loop for loop in report.loops if (loop.thread, loop.process) in own] or report.loops
    return seconds(max(loop.longest_hold_s for loop in concerned))


def _explain(page: Page, report: Report) -> None:
    rest = report.explanation[1:] if _continues(report) and not _gains(report) else report.explanation
    for text in rest:
        page.prose(text, " " * (2 if page.narrow else len(whichthread.HEADING)))


def _nothing_to_fix(page: Page, report: Report) -> None:
    page.blank()
    stop = f"Longest stop of the event loop: {_longest(report)}. " if report.loops else ""
    if report.program.exception:  # what did not run was not seen
        page.prose(
            f"{stop}Nothing to fix in what ran; first the {report.program.exception.partition(' ')[0]}."
        )
    else:
        page.prose(stop + "Nothing to fix.", ink=Ink.GOOD)


def _gains(report: Report) -> bool:
    return bool(report.findings) and faster(report.wall_s, report.possible_s) is not None


def _at_once(page: Page, report: Report) -> None:
    """Concurrency is not parallelism: both are said."""
    one, other = report.concurrency, report.parallelism
    if one.achieved <= 0 or other.cores <= 0:
        return
    possible = f" ({one.possible:.1f} possible)" if one.possible >= one.achieved * 1.05 else ""
    used = f"{other.cores_used:.1f}" if other.cores_used >= 0.05 else "less than 0.1"
    text = f"{one.achieved:.1f} tasks on average{possible}, on {used} of {count(other.cores, 'core')}."
    whichthread.headed(page, "AT ONCE?", text)


def _how_late(page: Page, report: Report) -> None:
    """Of a run that ends no sooner (a server), what its fixes would spare those who wait."""
    pace = "" if _gains(report) else sooner(report.pace, report.possible_pace)
    if pace:
        whichthread.headed(page, "HOW LATE?", f"{pace[:1].upper()}{pace[1:]} without the findings.")


def _notes(page: Page, report: Report) -> None:
    unseen = report.unseen
    notes = list(unseen.notes)
    if unseen.dropped_events > 0:
        dropped = count(unseen.dropped_events, "event was", "events were")
        notes.append(f"{dropped} dropped (agent buffer full); counts are too low")
    part = unseen.agent_cpu_s / report.wall_s if report.wall_s > 0 else 0.0
    if part >= 1:
        notes.append(f"watching cost {seconds(unseen.agent_cpu_s)} here: more than the program itself")
    elif part >= _WORTH_A_NOTE:
        share = round(100 * part)
        cost, wall = seconds(unseen.agent_cpu_s), seconds(report.wall_s)
        how = ", recorded in pure Python" if unseen.recorder == "python" else ""
        notes.append(f"watching cost about {share:,} % here ({cost} in {wall}{how}); times include it")
    ending = _ending(report.program)
    if ending:
        notes.append(ending)
    if notes:
        page.blank()
    for note in notes:
        page.prose(note.removeprefix("note: "), "note: ", ink=Ink.FAINT)


def _ending(program: Program) -> str:
    code = program.exit_code
    if not code:
        return ""
    if code > 0:
        return f"the program exited with code {code}"
    try:
        return f"the program was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the program was ended by signal {-code}"


def _next(page: Page, report: Report) -> None:
    if not report.findings:
        return
    page.blank()
    explain = f"asyncwhy explain {page.clean(ranked(report.findings)[0].cause)}"
    if page.narrow:
        page.add(shorten(explain, page.width))
        page.add("asyncwhy report")
    else:
        page.add(shorten(explain, 46).ljust(48), "asyncwhy report")
