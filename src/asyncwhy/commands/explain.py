"""`asyncwhy explain`: print the page of a cause or an idea, and what your own run showed of it."""

from __future__ import annotations

import argparse
import shlex
import sys
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from asyncwhy.commands import output, traces
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import AsyncwhyError, UnknownCause, UsageError
from asyncwhy.ideas import IDEAS, seen
from asyncwhy.render import explained
from asyncwhy.render.page import Style

#: The newest run is read unasked only up to this size, in bytes.  A recording of 8 MB took 0.8 s (steps) to 2.4 s
#: (jobs) to make a report of; who wanted a page to read should not wait longer.
MOST_UNASKED = 8_000_000
#: How to see all findings of a run.
ALL_FINDINGS = "asyncwhy report --format concise"


class Explain(Verb):
    """Prints the page of a cause or an idea, and then what your own run showed of it.

    Without a slug it lists them all.  Without --trace it looks at the newest run in your cache folder.
    """

    name = "explain"
    summary = "print the page of a cause or an idea, and what your own run showed of it"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", metavar="SLUG", help="the name of a cause or an idea")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--trace", metavar="TRACE", help="the recorded run to look at")
        which.add_argument("--no-run", action="store_true", help="print the page alone")
        output.add_min_cost(parser)

    def run(self, options: argparse.Namespace) -> int:
        style = Style(**output.looks(sys.stdout))
        causes, ideas = _pages("causes"), _pages("ideas")
        slug = options.slug
        if slug is None:
            if options.trace:
                raise UsageError("--trace goes with a cause or an idea (asyncwhy explain lists them)")
            sys.stdout.write(explained.contents(_texts(causes, ideas), style))
            return 0
        page = causes.get(slug) or ideas.get(slug)
        if page is None:
            raise UnknownCause(f"there is no cause or idea `{slug[:60]}` (asyncwhy explain lists them)")
        own = None
        if options.trace:
            rest = f"{ALL_FINDINGS} {shlex.quote(options.trace)}"
            own = _own_run(Path(options.trace), slug, options.min_cost, style, rest)
        sys.stdout.write(explained.page(page.read_text(encoding="utf-8"), style))
        sys.stdout.flush()
        if own is None and not options.no_run:
            own = _newest_run(slug, options.min_cost, style)
        sys.stdout.write(own or "")
        return 0


def _pages(package: str) -> dict[str, Traversable]:
    folder = resources.files(f"asyncwhy.{package}")
    return {page.name.removesuffix(".md"): page for page in folder.iterdir() if page.name.endswith(".md")}


def _texts(causes: dict[str, Traversable], ideas: dict[str, Traversable]) -> dict[str, dict[str, str]]:
    """Every page by its group; ideas stand in the order in which one builds on the other."""
    return {
        "causes": {slug: causes[slug].read_text(encoding="utf-8") for slug in sorted(causes)},
        "ideas": {slug: ideas[slug].read_text(encoding="utf-8") for slug in IDEAS},
    }


def _newest_run(slug: str, least_s: float, style: Style) -> str:
    """The section on the newest run; what keeps it from being told is one sentence, and no error."""
    found = traces.recorded()
    if not found:
        return explained.no_run("No run is recorded yet. Make one: asyncwhy run program.py", style)
    path = found[0]
    try:
        size = path.stat().st_size
        if size > MOST_UNASKED:
            again = f"asyncwhy explain {slug} --trace {shlex.quote(str(path))}"
            large = f"The newest run is large ({size / 1e6:,.0f} MB) and takes a while to read: {again}"
            return explained.no_run(large, style)
        return _own_run(path, slug, least_s, style, ALL_FINDINGS)
    except (AsyncwhyError, OSError) as error:
        return explained.no_run(f"The newest run cannot be read: {error}", style)


def _own_run(path: Path, slug: str, least_s: float, style: Style, rest: str) -> str:
    """The section on a recorded run; raises `TraceError` where the file tells of none."""
    report = output.report_of(path, least_s)
    with output.sense_of(path):
        if slug in IDEAS:
            return explained.run_of_idea(report, seen(slug, report), style)
        return explained.run_of_cause(report, slug, rest, style)


VERB = Explain()
