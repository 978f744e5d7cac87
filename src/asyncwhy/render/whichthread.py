"""WHICH THREAD?  What ran where, and who sent it there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncwhy.model import Placement, Report, Role, Site
from asyncwhy.render.measures import count, seconds
from asyncwhy.render.page import Ink, Page
from asyncwhy.render.text import cells, pad, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADING = "WHICH THREAD?  "
_MOST_ROWS = 10
_MOST_NAMES = 6  # of functions that ran on one loop thread
_MOST_REASONS = 6
_SHORT_REASON = 56  # a longer one is a sentence of its own, below the table
_NUMBERED = re.compile(r"(.*?)(\d{1,9})( \([^()]*\))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the table, in clean text: where, what, for how long, and who sent it there."""

    threads: str
    ran: str
    how: str
    sent_by: Site | None = None
    why: str = ""
    time: str = ""

    @property
    def width(self) -> int:
        """Columns that the middle column wants for it."""
        return cells(self.ran) + (3 + len(self.time) if self.time else 0)

    def ran_lines(self, width: int) -> list[str]:
        """Return what ran, and its time beside it or on a line of its own."""
        lines = wrap(self.ran, width)
        if self.time and cells(lines[-1]) + 3 + len(self.time) <= width:
            lines[-1] += f"   {self.time}"
        elif self.time:
            lines.append(f"  {self.time}")
        return lines

    def sent_lines(self, page: Page, width: int) -> list[str]:
        """Return the call, the line it stands on, and a short reason."""
        lines = wrap(self.how, width, most=3) if self.how else []
        if self.sent_by:
            lines.append("  " + page.place(self.sent_by, width - 2, column=False, function=True))
        if self.why:
            lines += ["  " + line for line in wrap(f"({self.why})", width - 2)]
        return lines


def draw(page: Page, report: Report) -> None:
    """Print the one sentence when nothing left its thread, else the table and what is to be said of it."""
    page.blank()
    names = thread_names(report)
    elsewhere = [place for place in report.placements if place.sent_by or len(place.threads) > 1]
    if len(names) <= 1 and not elsewhere:
        name = next(iter(names), "one thread")
        where = f"the {name} of its process" if report.program.processes > 1 else name
        headed(page, HEADING, f"Everything ran on {where}. Nothing was sent to another one.")
        return
    headed(page, HEADING, ran_your_code(report))
    page.blank()
    rows, reasons = _rows(page, report)
    if rows and page.narrow:
        _list(page, rows)
    elif rows:
        _table(page, rows)
    page.blank()
    for reason in reasons[:_MOST_REASONS]:
        page.prose(reason, "  ")
    page.blank()


def headed(page: Page, heading: str, text: str) -> None:
    """Print a section's sentence beside its heading."""
    if page.narrow:
        page.add((heading, Ink.STRONG))
        page.prose(text, "  ")
        return
    for line in wrap(page.clean(text), page.width - len(HEADING)):
        page.add((heading.ljust(len(HEADING)), Ink.STRONG), line)
        heading = ""


def thread_names(report: Report) -> list[str]:
    """Return the names of the threads that ran the program's code, each once."""
    placed = [name for placement in report.placements for name in placement.threads]
    known = [thread.name for thread in report.threads if thread.role is not Role.RUNTIME]
    return list(dict.fromkeys([*known, *placed]))


def how_many_threads(report: Report) -> int:
    """Return how many threads ran the program's code; those of several processes may share a name."""
    known = [thread for thread in report.threads if thread.role is not Role.RUNTIME]
    others = {thread.name for thread in known} - {thread.name for thread in known if thread.ran_code}
    names = [name for name in thread_names(report) if name not in others]
    return max(sum(thread.ran_code for thread in known), len(names))


def ran_your_code(report: Report) -> str:
    """Return how many threads did, and how many ran nothing but a library's."""
    told = f"{count(how_many_threads(report), 'thread')} ran your code"
    others = sum(thread.role is not Role.RUNTIME and not thread.ran_code for thread in report.threads)
    return f"{told}, {others} more only that of libraries." if others else f"{told}."


def fold(names: Iterable[str]) -> str:
    """Return `asyncio_0..3` for the workers of one pool, `Thread-1..3 (serve)` for threads of one target."""
    pools: dict[tuple[str, str], list[int]] = {}
    for name in names:
        found = _NUMBERED.match(name)
        if found:
            pools.setdefault((found[1], found[3] or ""), []).append(int(found[2]))
        else:
            pools.setdefault((name, ""), [])
    shown = []
    for (prefix, suffix), numbers in pools.items():
        few = f"{min(numbers)}..{max(numbers)}" if len(numbers) > 1 else "".join(map(str, numbers))
        shown.append(prefix + few + suffix)
    return ", ".join(shown)


# --- rows


def _rows(page: Page, report: Report) -> tuple[list[Row], list[str]]:
    """Return the table's rows (the loops' threads first), and the sentences that go below it."""
    loops = {loop.thread for loop in report.loops} or {"MainThread"}
    stayed: dict[str, list[Placement]] = {}
    sent: list[Placement] = []
    for placement in report.placements:
        if placement.sent_by is None and set(placement.threads) <= loops:
            stayed.setdefault(fold(placement.threads), []).append(placement)
        else:
            sent.append(placement)
    sent.sort(key=lambda placement: -placement.run_s)
    pools: dict[str, list[Placement]] = {}
    for placement in sent[:_MOST_ROWS]:
        pools.setdefault(fold(placement.threads), []).append(placement)
    rows = [_stayed_row(page, threads, group) for threads, group in stayed.items()]
    rows += [_sent_row(page, threads, placement) for threads, group in pools.items() for placement in group]
    rows += _silent_rows(page, report)
    reasons = [reason for placement in sent[:_MOST_ROWS] for reason in _reasons(placement)]
    if len(sent) > _MOST_ROWS:
        more = f"{len(sent) - _MOST_ROWS:,} more were sent elsewhere"
        reasons.insert(0, f"{more}: asyncwhy report --format json")
    return rows, list(dict.fromkeys(reasons))


def _stayed_row(page: Page, threads: str, group: Sequence[Placement]) -> Row:
    names = [_times(page, placement) for placement in group]
    if len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES:,} more"]
    return Row(page.clean(threads), ", ".join(names), page.clean(group[0].how))


def _sent_row(page: Page, threads: str, placement: Placement) -> Row:
    return Row(
        page.clean(threads),
        _times(page, placement),
        page.clean(placement.how),
        placement.sent_by.site if placement.sent_by else None,
        page.clean(placement.why) if _beside(placement) else "",
        seconds(placement.run_s) if placement.run_s > 0 else "",
    )


def _silent_rows(page: Page, report: Report) -> list[Row]:
    """Return the threads that no placement speaks of: too short or too quiet to be seen at work."""
    spoken = {loop.thread for loop in report.loops}.union(*(place.threads for place in report.placements))
    groups: dict[Site | None, list[str]] = {}
    for thread in report.threads:
        if thread.name not in spoken and thread.role is not Role.RUNTIME and thread.name != "MainThread":
            groups.setdefault(thread.started_by, []).append(thread.name)
    return [
        Row(page.clean(fold(names)), "(not seen at work)", "Thread.start" if starter else "", starter)
        for starter, names in list(groups.items())[:_MOST_ROWS]
    ]


def _times(page: Page, placement: Placement) -> str:
    name = shorten(page.clean(placement.function.replace(".<locals>", "")), 28)
    return f"{name} x {placement.count:,}" if placement.count > 1 else name


def _beside(placement: Placement) -> bool:
    """Whether the reason is short enough for the table; what is said of a queue goes below it."""
    return len(placement.why) <= _SHORT_REASON and "waited" not in placement.why


def _reasons(placement: Placement) -> list[str]:
    """Return the sentences on this placement: why it was sent there, and how its jobs queued."""
    reasons = [] if _beside(placement) else [placement.why]
    if placement.queued and "waited" not in placement.why:
        mean = seconds(placement.queued_s / placement.queued)
        waited = f"{placement.queued:,} of {placement.count:,} waited for a worker"
        reasons.append(f"{placement.function}: {waited}, {mean} on average.")
    return reasons


# --- the table


def _table(page: Page, rows: Sequence[Row]) -> None:
    room = page.width - 2
    first = min(max(10, *(cells(row.threads) for row in rows)), max(16, room // 5)) + 2
    second = min(max(12, *(row.width for row in rows)), (room - first) // 2) + 2
    third = room - first - second
    page.add("  ", (pad("thread", first) + pad("ran", second) + "sent there by", Ink.FAINT))
    above = ""
    for row in rows:
        threads = [] if row.threads == above else wrap(row.threads, first - 2, most=3)
        above = row.threads
        columns = (threads, row.ran_lines(second - 2), row.sent_lines(page, third))
        for index in range(max(map(len, columns))):
            shown = [column[index] if index < len(column) else "" for column in columns]
            page.add("  ", pad(shown[0], first), pad(shown[1], second), shown[2])


def _list(page: Page, rows: Sequence[Row]) -> None:
    """Print the same below each other, where three columns have no room."""
    above = ""
    for row in rows:
        if row.threads != above:
            page.add("  ", (shorten(row.threads, page.width - 2), Ink.STRONG))
            above = row.threads
        for line in row.ran_lines(page.width - 4):
            page.add("    ", line)
        for line in row.sent_lines(page, page.width - 6):
            page.add("      ", line)
