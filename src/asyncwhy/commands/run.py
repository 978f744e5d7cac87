"""`asyncwhy run`: observe a program and say why it is not asynchronous."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from asyncwhy.causes import FOUND_IN_RUNS
from asyncwhy.commands import output, traces
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import AsyncwhyError, ProgramNotFound, TraceUnwritable, UsageError
from asyncwhy.model import Finding, Report

#: Options of ours that take a value; what follows the first word that is none of these is the program's.
WITH_VALUE = ("--python", "-o", "--output", "--for", "--format", "--report", "--fail-on", "--min-cost")


def add_observing(parser: argparse.ArgumentParser, for_how_long: str) -> None:
    """What every verb that observes takes: where to record, for how long, and what becomes of the report."""
    parser.add_argument("-o", "--output", metavar="TRACE", help="where to record the run")
    parser.add_argument("--for", dest="for_s", metavar="SECONDS", type=duration, help=for_how_long)
    output.add_format(parser)
    parser.add_argument("--report", metavar="FILE", help="write the report there instead of to stderr")
    parser.add_argument(
        "--fail-on", metavar="CAUSES", type=causes, help="end with 1 if one of these was found"
    )


class Run(Verb):
    """Runs a program, observes it, and says why it is not asynchronous.

    Options before the program are asyncwhy's; everything after it is the program's.
    """

    name = "run"
    summary = "run a program and say why it is not asynchronous"
    usage = (
        "asyncwhy run [options] program.py|program.js [args...]\n"
        "       asyncwhy run [options] -m module [args...]\n"
        "       asyncwhy run [options] -- any command line"
    )

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("-m", dest="module", metavar="MODULE", help="run a module, as python -m does")
        parser.add_argument("--python", metavar="PATH", help="the interpreter or venv that runs the program")
        add_observing(parser, "observe for so long, then stop the program as Ctrl-C would")
        parser.add_argument("command", nargs="*", metavar="program", help=argparse.SUPPRESS)

    def prepare(self, arguments: list[str]) -> list[str]:
        """Our options, then `--`, then what is the program's: argparse must not look into that."""
        index = 0
        while index < len(arguments):
            word = arguments[index]
            if word == "--":
                return [*arguments[:index], "--", "--", *arguments[index + 1 :]]
            if word == "-m":
                return [*arguments[: index + 2], "--", *arguments[index + 2 :]]
            if not word.startswith("-") or word == "-":
                return [*arguments[:index], "--", *arguments[index:]]
            index += 2 if word in WITH_VALUE else 1
        return arguments

    def run(self, options: argparse.Namespace) -> int:
        from asyncwhy.probes import python as probe
        from asyncwhy.trace.writer import Writer

        command, shown = _command(options)
        report_file = output.writable(options.report) if options.report else None
        path = Path(options.output) if options.output else traces.fresh()
        with Writer(path) as writer:
            try:
                outcome = probe.observe(command, shown, writer, options.for_s, meanwhile=preload)
            except AsyncwhyError:
                if not options.output:
                    path.unlink(missing_ok=True)
                raise
            try:
                report = report_on(path, writer, outcome.run, options)
                if report_file is not None:
                    output.save(report, options.format, report_file)
                else:
                    output.show(report, options.format, sys.stderr)
            except Exception as error:  # noqa: BLE001 (the program ran, and its exit code is not ours to lose)
                output.complain(output.unexpected(path, error))
                if options.fail_on and outcome.exit_code == 0:
                    return AsyncwhyError.exit_code  # nobody looked: that is no pass
                return _leave(outcome.exit_code)
        failed = outcome.exit_code == 0 and matching(report, options.fail_on)
        return 1 if failed else _leave(outcome.exit_code)


def matching(report: Report, causes: tuple[str, ...] | None) -> bool:
    """Whether the report has a finding that `--fail-on` names."""

    def named(finding: Finding) -> bool:
        return causes is not None and ("any" in causes or finding.cause in causes)

    return any(named(finding) for finding in report.findings)


def report_on(path: Path, writer: object, run: dict[str, Any], options: argparse.Namespace) -> Report:
    """The report on what has just been recorded; the sources that it shows go into the trace."""
    from asyncwhy.causes.diagnosis import diagnose
    from asyncwhy.fix.remedies import remedies_of
    from asyncwhy.trace.reader import read
    from asyncwhy.trace.sources import texts
    from asyncwhy.trace.writer import Writer

    assert isinstance(writer, Writer)
    trace = read(path)
    trace.sources.update(texts(trace))
    trace.run.update(run)
    with contextlib.suppress(TraceUnwritable):  # it is among the run's notes
        writer.sources(trace.sources)
        writer.close()
    trace.ended = True
    return diagnose(trace, options.min_cost, remedies_of, drawn=options.format in output.DRAWN)


def preload() -> None:
    """While the program runs, import what the verdict needs, so that it comes at once."""
    with contextlib.suppress(Exception):  # whatever it is, it is told when the verdict is made
        _import()


def _import() -> None:
    import numpy.ma  # noqa: F401  `np.unique` asks for it

    import asyncwhy.causes.diagnosis
    import asyncwhy.fix.remedies
    import asyncwhy.render.terminal
    import asyncwhy.trace.reader  # noqa: F401
    from asyncwhy.catalog import load

    for slug in FOUND_IN_RUNS:
        import_module(f"asyncwhy.causes.{slug.replace('-', '_')}")
    load("python").lookup("time.sleep")


def _leave(code: int) -> int:
    """The program's exit code; if a signal ended it, the same signal ends us, as a shell would expect."""
    if code >= 0:
        return code
    number = -code
    sys.stderr.flush()
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError, ValueError):  # SIGKILL has no handler to take away
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number


def _command(options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """What to run, and how to call it to a person."""
    from asyncwhy.probes import node

    words: list[str] = options.command
    if options.module:
        python = _interpreter(options.python, options.module)
        return [python, "-m", options.module, *words], ["-m", options.module, *words]
    if not words:
        raise UsageError("which program? (asyncwhy run program.py, run -m module, or run -- command)")
    if words[0] == "--":
        if not words[1:]:
            raise UsageError("which command? (asyncwhy run -- command)")
        if options.python:
            raise UsageError(
                "--python goes with a program or a module; after -- stands the whole command line"
            )
        return words[1:], words[1:]
    if not os.path.exists(words[0]):
        raise ProgramNotFound(f"there is no file {words[0]}")
    if os.path.isdir(words[0]) and not os.path.exists(os.path.join(words[0], "__main__.py")):
        raise ProgramNotFound(f"{words[0]} is a folder without a __main__.py")
    if words[0].endswith(node.ENDINGS):
        if options.python:
            raise UsageError("--python is for Python programs; `run -- path/to/node program.js` names a node")
        return [node.find(), *words], words
    return [_interpreter(options.python), *words], words


def _interpreter(asked: str | None, module: str | None = None) -> str:
    """The interpreter that runs the program: the one asked for, that of the active venv, or ours."""
    from asyncwhy.probes import interpreters

    if asked is None:
        active = os.environ.get("VIRTUAL_ENV")
        asked = active if active and os.path.exists(os.path.join(active, "bin", "python")) else sys.executable
    return interpreters.check(interpreters.find(asked), module)


def duration(text: str) -> float:
    """Seconds, as an option says them."""
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds")
    return value


def causes(text: str) -> tuple[str, ...]:
    """The causes that `--fail-on` names."""
    wanted = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in wanted:
        if word != "any" and word not in FOUND_IN_RUNS:
            raise argparse.ArgumentTypeError(f"there is no cause `{word}` (asyncwhy explain lists them)")
    return wanted


VERB = Run()
