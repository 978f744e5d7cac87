"""`asyncwhy report`: print a recorded run again, or make a page of it."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path

from asyncwhy.commands import output, traces
from asyncwhy.commands.verb import Verb
from asyncwhy.model import Report as Answer


class Report(Verb):
    """Prints a recorded run again, on stdout, or writes it as a page.  Nothing is run.

    Without TRACE it takes the newest run in your cache folder.
    """

    name = "report"
    summary = "print a recorded run again, or make a page of it"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("trace", nargs="?", metavar="TRACE", help="a recorded run")
        output.add_format(parser)
        parser.add_argument("--html", action="store_true", help="write a page (asyncwhy.html)")
        parser.add_argument("--open", action="store_true", help="write a page and show it in your browser")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write it")
        parser.add_argument("--sarif", metavar="FILE", help="write the findings as SARIF 2.1.0")
        parser.add_argument("--perfetto", metavar="FILE", help="write the schedule for ui.perfetto.dev")

    def run(self, options: argparse.Namespace) -> int:
        path = Path(options.trace) if options.trace else traces.newest()
        files = _files(options)
        drawn = options.perfetto or any(form in output.DRAWN for form in (options.format, *files.values()))
        report = output.report_of(path, options.min_cost, drawn=bool(drawn))
        with output.sense_of(path):
            made = {file: _written(report, form) for file, form in files.items()}
            text = "" if files else output.styled(report, options.format, sys.stdout)
        for file, data in made.items():
            file.write_bytes(data)
        sys.stdout.write(text or "".join(f"{file}\n" for file in made))
        if options.open:
            webbrowser.open(next(file for file, form in files.items() if form == "html").resolve().as_uri())
        return 0


def _files(options: argparse.Namespace) -> dict[Path, str]:
    """What is written where; a page that nobody asked for on stdout is a file of its own."""
    asked = {options.sarif: "sarif", options.perfetto: "perfetto"}
    if options.html or options.open:
        options.format = "html"
        options.output = options.output or "asyncwhy.html"
    if options.output:
        asked[options.output] = options.format
    return {output.writable(file): form for file, form in asked.items() if file}


def _written(report: Answer, form: str) -> bytes:
    if form == "perfetto":
        from asyncwhy.render import perfetto

        return perfetto.encode(report)
    return output.plain(report, form).encode("utf-8", "replace")


VERB = Report()
