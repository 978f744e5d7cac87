"""The exceptions of asyncwhy; each leads to a page of the docs.

    AsyncwhyError                 one clear line, and an exit code
    ├── UsageError                the command line asks for what cannot be (125)
    ├── ProgramNotFound           no such file, module or command (127)
    ├── ProgramNotRunnable        found, but cannot be started: not executable, too old (126)
    ├── CannotAttach              it runs, and cannot be attached to (126)
    ├── TraceError                a trace that cannot be written or read (125)
    │   ├── TraceUnwritable
    │   ├── TraceTruncated
    │   ├── TraceCorrupt
    │   └── TraceTooNew
    ├── CheckError                `check` cannot do what it was asked to (2, as linters have it)
    └── UnknownCause              `explain` of a slug that does not exist (125)

The exit codes are those of `env`, `nohup` and `timeout` (125 own failure, 126 cannot be run, 127 not
found), so that they never collide with what programs commonly return.
"""

from __future__ import annotations


class AsyncwhyError(Exception):
    """Base of all: `str(error)` is one line for a person; `page` is the page of the docs."""

    exit_code = 125
    page = "exit-codes"


class UsageError(AsyncwhyError):
    """The command line asks for what cannot be."""


class ProgramNotFound(AsyncwhyError):
    """There is no such file, module or command."""

    exit_code = 127


class ProgramNotRunnable(AsyncwhyError):
    """The program exists but cannot be started."""

    exit_code = 126


class CannotAttach(AsyncwhyError):
    """The process runs, and cannot be attached to; it is as it was."""

    exit_code = 126
    page = "nodejs"


class TraceError(AsyncwhyError):
    """A trace cannot be written or read."""

    page = "trace-format"


class TraceUnwritable(TraceError):
    """The trace file cannot be made or written."""


class TraceTruncated(TraceError):
    """The trace ends before its first whole chunk."""


class TraceCorrupt(TraceError):
    """The trace's bytes are not what was written."""


class TraceTooNew(TraceError):
    """The trace was written by a later version."""


class CheckError(AsyncwhyError):
    """`check` cannot do what it was asked to: no such path, settings that make no sense."""

    exit_code = 2
    page = "check"


class UnknownCause(AsyncwhyError):
    """There is no cause and no idea of that name."""

    page = "causes/index"
