"""Where a report goes, and how it looks there."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, TypedDict

from asyncwhy.errors import AsyncwhyError, TraceCorrupt, UsageError
from asyncwhy.model import Report
from asyncwhy.render import FORMATS, render
from asyncwhy.render.text import clean

#: Formats that draw the whole schedule, which takes time to gather.
DRAWN = ("html",)


def add_format(parser: argparse.ArgumentParser) -> None:
    """The options that every verb with a report has."""
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="how the report looks")
    add_min_cost(parser)


def add_min_cost(parser: argparse.ArgumentParser) -> None:
    """The option that says what a finding must cost."""
    parser.add_argument(
        "--min-cost", type=_cost, metavar="SECONDS", default=0.005,
        help="what a finding must cost to be one (0.005)",
    )  # fmt: skip


def _cost(text: str) -> float:
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds")
    return value


class Looks(TypedDict):
    """How text looks on a stream."""

    width: int
    colour: bool
    ascii: bool


def looks(stream: TextIO) -> Looks:
    """As wide as the stream's terminal, in colour only on one that wants it."""
    on_terminal = stream.isatty()
    colour = on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((80, 24)).columns if on_terminal else 80
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return Looks(width=width, colour=colour, ascii=not encoding.startswith("utf"))


def styled(report: Report, form: str, stream: TextIO) -> str:
    """The report as text for a stream."""
    return render(report, form, **looks(stream))


def show(report: Report, form: str, stream: TextIO) -> None:
    """Print to a stream that may be closed or gone: the report is lost then, and nothing else."""
    with contextlib.suppress(ValueError, BrokenPipeError, OSError, AttributeError):
        text = styled(report, form, stream)
        stream.write(f"\n{text}" if form == "terminal" else text)
        stream.flush()


def report_of(path: Path, least_s: float, *, drawn: bool = False) -> Report:
    """The report on a recorded run; raises `TraceError` where the file tells of none."""
    from asyncwhy.causes.diagnosis import diagnose
    from asyncwhy.fix.remedies import remedies_of
    from asyncwhy.trace.reader import read

    trace = read(path)
    with sense_of(path):
        return diagnose(trace, least_s, remedies_of, drawn=drawn)


@contextlib.contextmanager
def sense_of(path: Path) -> Iterator[None]:
    """What goes wrong inside is told as the trace's fault: its chunks are whole, and yet what they say does not fit
    together."""
    try:
        yield
    except AsyncwhyError:
        raise
    except Exception as error:
        raise TraceCorrupt(unexpected(path, error)) from error


def writable(path: str) -> Path:
    """A file that a report can be written to, made now so that it is known before the program runs."""
    made = Path(path)
    try:
        with made.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise UsageError(f"cannot write the report {path}: {error.strerror}") from None
    return made


def plain(report: Report, form: str) -> str:
    """The report as text for a file: never coloured."""
    return render(report, form, width=80, colour=False, ascii=False)


def save(report: Report, form: str, path: Path) -> None:
    """Write the report to a file: always UTF-8."""
    path.write_text(plain(report, form), encoding="utf-8", errors="replace")


def unexpected(path: Path, error: Exception) -> str:
    """One line about a trace from which no report can be made, with the place where that was found out."""
    if isinstance(error, AsyncwhyError):
        return str(error)
    if isinstance(error, OSError):
        return f"cannot write the report: {error.strerror or error}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    told = " ".join(f"{type(error).__name__}: {error}".split())[:120]
    return f"cannot make sense of {path} ({told}, at {place})"


def complain(text: str) -> None:
    """One line on stderr, if there is one; what it quotes cannot reach the terminal's controls."""
    with contextlib.suppress(ValueError, OSError, AttributeError):
        print(f"asyncwhy: {clean(text)}", file=sys.stderr)
