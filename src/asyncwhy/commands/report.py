"""`asyncwhy report`: print a recorded run again, or make a page of it."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path

from asyncwhy.commands import output, traces
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import TraceCorrupt


class Report(Verb):
    """Prints a recorded run again, on stdout, or writes it as a page.  Nothing is run.

    Without TRACE it takes the newest run in your cache folder.
    """

    name = "report"
    summary = "print a recorded run again, or make a page of it"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("trace", nargs="?", metavar="TRACE", help="a recorded run")
        output.add_format(parser)
        parser.add_argument("--html", action="store_true", help="the same as --format html, into a file")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write it")
        parser.add_argument("--open", action="store_true", help="show the page in your browser")

    def run(self, options: argparse.Namespace) -> int:
        from asyncwhy.causes.diagnosis import diagnose
        from asyncwhy.fix.remedies import remedies_of
        from asyncwhy.trace.reader import read

        if options.html or options.open:
            options.format = "html"
        path = Path(options.trace) if options.trace else traces.newest()
        file = _file(options)
        trace = read(path)
        try:
            report = diagnose(trace, options.min_cost, remedies_of, drawn=options.format in output.DRAWN)
            text = (
                output.plain(report, options.format)
                if file
                else output.styled(report, options.format, sys.stdout)
            )
        except Exception as error:
            # The chunks are whole, and yet what they say does not fit together.
            raise TraceCorrupt(output.unexpected(path, error)) from error
        if file is None:
            sys.stdout.write(text)
            return 0
        file.write_text(text, encoding="utf-8", errors="replace")
        print(file)
        if options.open:
            webbrowser.open(file.resolve().as_uri())
        return 0


def _file(options: argparse.Namespace) -> Path | None:
    """Where the report goes: a page that nobody asked for on stdout is a file of its own."""
    if options.output:
        return output.writable(options.output)
    return output.writable("asyncwhy.html") if options.html or options.open else None


VERB = Report()
