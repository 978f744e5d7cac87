"""`asyncwhy check`: find lost asynchrony in source, before it runs."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from importlib import resources
from pathlib import Path

from asyncwhy.commands import output
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import AsyncwhyError, CheckError
from asyncwhy.model import Checked
from asyncwhy.render import checked as rendering


class Check(Verb):
    """Reads Python files and folders and reports where the event loop reaches something that blocks.

    Nothing is run.  It ends with 0 if nothing was found, 1 if something was, 2 if it could not work.
    """

    name = "check"
    summary = "find in source what stops the event loop; nothing is run"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (the current one)")
        parser.add_argument(
            "--format", choices=rendering.FORMATS, default="terminal", help="how findings look"
        )
        parser.add_argument("--select", metavar="CAUSES", type=_causes, help="only these causes")
        parser.add_argument("--ignore", metavar="CAUSES", type=_causes, help="all but these causes")
        parser.add_argument(
            "--fail-on", metavar="CAUSES", type=_causes, help="end with 1 only for these (any)"
        )
        parser.add_argument(
            "--weight", type=int, choices=(1, 2, 3),
            help="how slow a call must be: 3 always, 2 disk and TLS, 1 what is slow on a bad day (1)",
        )  # fmt: skip
        parser.add_argument("--hints", action="store_true", help="show what is unsure as well")
        parser.add_argument(
            "--exclude", action="append", metavar="PATTERN", help="leave out files and folders"
        )
        parser.add_argument(
            "--python", metavar="PATH", help="the venv or interpreter with the installed packages"
        )
        parser.add_argument("--baseline", metavar="FILE", help="leave out the findings that stand there")
        parser.add_argument(
            "--write-baseline", action="store_true", help="write the findings to the baseline, and end with 0"
        )
        parser.add_argument("--diff", metavar="BASE", help="only what concerns lines changed since a commit")
        parser.add_argument("--trace", metavar="TRACE", help="rank by the seconds that a recorded run lost")
        parser.add_argument(
            "--no-cache", action="store_true", help="read and keep nothing in the cache folder"
        )

    def run(self, options: argparse.Namespace) -> int:
        from asyncwhy.check import baseline, settings
        from asyncwhy.check.checking import check

        paths = options.paths or ["."]
        for path in paths:
            if not os.path.exists(path):
                raise CheckError(f"there is no file or folder {path}")
        wanted = _merged(settings.load(paths[0]), options)
        found = check(paths, wanted, cached=not options.no_cache)
        if options.write_baseline:
            if not wanted.baseline:
                raise CheckError("which file? (--baseline FILE --write-baseline)")
            baseline.write(wanted.baseline, found)
            return 0
        if wanted.baseline:
            found = baseline.apply(found, baseline.read(wanted.baseline))
        if options.diff:
            from asyncwhy.commands.changed import changed, touched

            found = touched(found, changed(options.diff))
        if options.trace:
            found = _measured(found, options.trace)
        sys.stdout.write(rendering.render(found, options.format, **output.looks(sys.stdout)))
        return 1 if _fails(found, wanted.fail_on) else 0


def _measured(found: Checked, path: str) -> Checked:
    from asyncwhy.causes.diagnosis import diagnose
    from asyncwhy.check.joined import join
    from asyncwhy.trace.reader import read

    try:
        return join(found, diagnose(read(Path(path)), 0.005))
    except AsyncwhyError as error:
        raise CheckError(str(error)) from error


def _merged(wanted, options: argparse.Namespace):  # type: ignore[no-untyped-def]
    """The settings, with what the command line says instead."""
    said = {
        "select": options.select, "ignore": options.ignore, "fail_on": options.fail_on, "weight": options.weight,
        "python": options.python, "baseline": options.baseline, "hints": options.hints or None,
    }  # fmt: skip
    changes = {key: value for key, value in said.items() if value is not None}
    if options.exclude:
        changes["exclude"] = (*wanted.exclude, *options.exclude)
    return dataclasses.replace(wanted, **changes)


def _fails(found: Checked, causes: tuple[str, ...]) -> bool:
    if "any" in causes:
        return bool(found.findings or found.unread)
    return any(finding.cause in causes for finding in found.findings)


def _causes(text: str) -> tuple[str, ...]:
    known = {page.name.removesuffix(".md") for page in resources.files("asyncwhy.causes").iterdir()}
    wanted = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in wanted:
        if word != "any" and word not in known:
            raise argparse.ArgumentTypeError(f"there is no cause `{word}` (asyncwhy explain lists them)")
    return wanted


VERB = Check()
