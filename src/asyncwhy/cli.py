"""The command line: lists the verbs, and turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import NoReturn

from asyncwhy.commands import VERBS
from asyncwhy.commands.output import complain
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import AsyncwhyError, CheckError


def verbs() -> list[Verb]:
    """One object per verb, in the order of the help."""
    made: list[Verb] = []
    for name in VERBS:
        module = import_module(f"asyncwhy.commands.{name}")
        made.append(module.VERB)
    return made


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Argparse's own two lines and code 2 would look like the program's; ours are one line and 125."""
        complain(f"{message} (see {self.prog} --help)")
        # `check` is a linter: its exit codes are theirs.
        self.exit(
            CheckError.exit_code
            if self.prog.endswith((" check", " language-server"))
            else AsyncwhyError.exit_code
        )


def build_parser() -> argparse.ArgumentParser:
    """The whole command line as argparse sees it; tests hold the docs to it."""
    parser = _Parser(
        prog="asyncwhy",
        description="Says why a program does not behave asynchronously, and who sent its code to another thread.",
    )
    parser.add_argument("--version", action="version", version=f"asyncwhy {metadata.version('asyncwhy')}")
    commands = parser.add_subparsers(dest="verb", metavar="COMMAND", parser_class=_Parser)
    for verb in verbs():
        one = commands.add_parser(
            verb.name,
            help=verb.summary,
            description=verb.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            usage=verb.usage,
            allow_abbrev=False,
        )
        verb.arguments(one)
        one.set_defaults(run=verb.run)
    return parser


def _open_streams() -> None:
    """Where a stream was closed by whoever started us, what is said there is said to nobody."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a verb and end with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    _open_streams()
    try:
        parser = build_parser()
        for verb in verbs():
            if given[:1] == [verb.name]:
                given = [verb.name, *verb.prepare(given[1:])]
        options = parser.parse_args(given)
        if options.verb is None:
            parser.print_help()
            code = 0
        else:
            code = options.run(options)
        sys.stdout.flush()
    except AsyncwhyError as error:
        complain(str(error))
        code = error.exit_code
    except BrokenPipeError:
        # Who read our output has gone; what could be said has been said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
    except OSError as error:
        complain(error.strerror or str(error))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = AsyncwhyError.exit_code
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
