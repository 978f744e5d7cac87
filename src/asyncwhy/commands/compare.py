"""`asyncwhy compare`: two recorded runs, what became better or worse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from asyncwhy.commands import output, traces
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import TraceError
from asyncwhy.model import Comparison, Direction
from asyncwhy.render import compared as rendering

#: What `--fail-on` may name.
WORSE, NEW = "worse", "new"


class Compare(Verb):
    """Compares two recorded runs and says what became better or worse.  Nothing is run.

    Without the second it takes the newest run in your cache folder, without both the newest two.
    """

    name = "compare"
    summary = "say what became better or worse between two recorded runs"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("before", nargs="?", metavar="BEFORE", help="a recorded run")
        parser.add_argument("after", nargs="?", metavar="AFTER", help="a later one")
        parser.add_argument(
            "--format", choices=rendering.FORMATS, default="terminal", help="how the comparison looks"
        )
        output.add_min_cost(parser)
        parser.add_argument(
            "--fail-on", choices=(WORSE, NEW), metavar="WHAT",
            help="end with 1 if anything became worse, or if there is a new finding",
        )  # fmt: skip

    def run(self, options: argparse.Namespace) -> int:
        from asyncwhy.causes.comparison import compare

        before, after = (output.report_of(path, options.min_cost) for path in _paths(options))
        made = compare(before, after)
        sys.stdout.write(rendering.render(made, options.format, **output.looks(sys.stdout)))
        return 1 if _fails(made, options.fail_on) else 0


def _paths(options: argparse.Namespace) -> tuple[Path, Path]:
    if options.after:
        return Path(options.before), Path(options.after)
    if options.before:
        return Path(options.before), traces.newest()
    recorded = traces.recorded()
    if len(recorded) < 2:
        raise TraceError(f"two runs are needed, and {traces.folder()} has {len(recorded)}")
    return recorded[1], recorded[0]


def _fails(made: Comparison, what: str | None) -> bool:
    if what == NEW:
        return any(shift.before is None for shift in made.shifts)
    directions = [one.direction for one in made.measures] + [one.direction for one in made.shifts]
    return what == WORSE and Direction.WORSE in directions


VERB = Compare()
