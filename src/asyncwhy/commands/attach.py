"""`asyncwhy attach`: observe a process that runs already and say why it is not asynchronous."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from asyncwhy.commands import output, traces
from asyncwhy.commands.run import add_observing, matching, preload, report_on
from asyncwhy.commands.verb import Verb
from asyncwhy.errors import AsyncwhyError

#: Each ends the watching, never the process.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Attach(Verb):
    """Observes a Node.js process that runs already, and says why it is not asynchronous.

    Ctrl-C, --for or the process's own end ends the watching. The process goes on as it was.
    """

    name = "attach"
    summary = "observe a Node.js process that runs already"
    usage = "asyncwhy attach [options] PID"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        add_observing(parser, "observe for so long; without it until Ctrl-C, or until the process ends")
        parser.add_argument("pid", metavar="PID", type=_pid, help="the process")

    def run(self, options: argparse.Namespace) -> int:
        from asyncwhy.probes import attach as probe
        from asyncwhy.trace.writer import Writer

        process = probe.find(options.pid)
        report_file = output.writable(options.report) if options.report else None
        path = Path(options.output) if options.output else traces.fresh()
        ended = threading.Event()

        def began() -> None:
            for number in ENDING:
                signal.signal(number, lambda *_: ended.set())
            until = f"for {options.for_s:g} s" if options.for_s else "until Ctrl-C"
            output.complain(f"watching process {process.pid} ({' '.join(process.command)[:60]}) {until}")
            threading.Thread(target=preload, daemon=True).start()

        with Writer(path.absolute()) as writer:
            try:
                run = probe.observe(process, writer, ended, options.for_s, began)
                report = report_on(path.absolute(), writer, run, options)
            except AsyncwhyError:
                if not options.output:
                    path.unlink(missing_ok=True)
                raise
            if report_file is not None:
                output.save(report, options.format, report_file)
            else:
                output.show(report, options.format, sys.stderr)
        return 1 if matching(report, options.fail_on) else 0


def _pid(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 1 << 31:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of a process")
    return int(text)


VERB = Attach()
