"""`asyncwhy report`: print a recorded run again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from asyncwhy.commands import output, traces
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import TraceCorrupt


class Report(Verb):
    """Prints a recorded run again, on stdout.  Nothing is run.

    Without TRACE it takes the newest run in your cache folder.
    """

    name = "report"
    summary = "print a recorded run again"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("trace", nargs="?", metavar="TRACE", help="a recorded run")
        output.add_format(parser)

    def run(self, options: argparse.Namespace) -> int:
        from asyncwhy.causes.diagnosis import diagnose
        from asyncwhy.fix.remedies import remedies_of
        from asyncwhy.trace.reader import read

        path = Path(options.trace) if options.trace else traces.newest()
        trace = read(path)
        try:
            text = output.styled(diagnose(trace, options.min_cost, remedies_of), options.format, sys.stdout)
        except Exception as error:
            # The chunks are whole, and yet what they say does not fit together.
            raise TraceCorrupt(output.unexpected(path, error)) from error
        sys.stdout.write(text)
        return 0


VERB = Report()
