"""Starts a command with the agents in every interpreter below it, and waits for its end.

The program keeps its terminal, its descriptors and its process group, so signals and job control work as
without us.  Ctrl-C reaches the program from the terminal; the host only waits.  SIGTERM and SIGHUP sent to
the host are passed on.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from asyncwhy.errors import ProgramNotFound, ProgramNotRunnable, TraceUnwritable
from asyncwhy.probes import native, node
from asyncwhy.probes.python_stream import Streams
from asyncwhy.trace import schema
from asyncwhy.trace.writer import Writer

INJECT = Path(__file__).parent.parent / "agents" / "python" / "inject"
#: Set to anything, this variable leaves the C recorder out.
PURE = "ASYNCWHY_PURE_PYTHON"
#: How often the streams are taken over, seconds; a killed host leaves a trace that is whole up to then.
DRAIN_S = 0.25
#: After `--for` has asked the program to stop: how long until SIGTERM, and then until SIGKILL.
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Outcome:
    """How the program ended: `exit_code` is negative for a signal; `run` is what the trace says of it."""

    exit_code: int
    processes: int
    damaged: int
    run: dict[str, Any]


def environment(folder: Path) -> dict[str, str]:
    """The environment of the observed command."""
    made = dict(os.environ)
    made["ASYNCWHY_STREAM"] = str(folder)
    made.pop(PURE, None)
    old = made.get("PYTHONPATH")
    made.pop("ASYNCWHY_PYTHONPATH", None)
    if old is not None:
        made["ASYNCWHY_PYTHONPATH"] = old
    made["PYTHONPATH"] = f"{INJECT}{os.pathsep}{old}" if old else str(INJECT)
    node.prepare(made)
    return made


def observe(
    command: list[str],
    shown: list[str],
    writer: Writer,
    stop_after_s: float | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Outcome:
    """Run `command` observed, into `writer`.

    `shown` is what a person calls it; `meanwhile` is called once, while the program runs.

    Raises `ProgramNotFound` and `ProgramNotRunnable`; then nothing was started.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="asyncwhy-"))
    except OSError as error:
        raise TraceUnwritable(f"cannot make a folder for the run: {error.strerror}") from None
    try:
        streams = Streams(folder, writer)
        _lend_recorder(folder, command)
        begun = time.monotonic_ns()
        with _signals_wait() as passed_on:
            child = _start(command, environment(folder))
            passed_on.append(child)
            notes: list[str] = []
            stopped = _watch(child, streams, stop_after_s, meanwhile, notes)
        ended = time.monotonic_ns()
        _take(streams.finish, notes)
        run = {
            "command": command,
            "shown": shown,
            "exit_code": child.returncode,
            "begun": begun,
            "ended": ended,
            "stopped": stopped,
            "notes": notes,
        }
        _take(lambda: writer.json(schema.RUN, 0, run), notes)
        return Outcome(child.returncode, streams.processes, streams.damaged, run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lend_recorder(folder: Path, command: list[str]) -> None:
    """Put the C recorder for the command's interpreter where the agent looks for it."""
    python = None if os.environ.get(PURE) else native.interpreter_of(command)
    built = native.folder_for(python) if python is not None else None
    if built is not None:
        with suppress(OSError):
            (folder / "recorder").symlink_to(built, target_is_directory=True)


def _start(command: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
    try:
        # Descriptors that were handed down to us (a socket, a shell's `3>file`) are the program's.
        return subprocess.Popen(command, env=variables, close_fds=False)
    except FileNotFoundError:
        if shutil.which(command[0]):
            raise ProgramNotRunnable(f"{command[0]} asks for an interpreter that is not there") from None
        raise ProgramNotFound(f"there is no command {command[0]}") from None
    except OSError as error:
        raise ProgramNotRunnable(f"{command[0]} cannot be run: {error.strerror}") from None


def _watch(
    child: subprocess.Popen[bytes],
    streams: Streams,
    stop_after_s: float | None,
    meanwhile: Callable[[], None] | None,
    notes: list[str],
) -> bool:
    """Wait for the end; whether it came because we asked for it."""
    deadline = None if stop_after_s is None else time.monotonic() + stop_after_s
    stopped = False
    asked = iter((signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
    if meanwhile is not None:
        threading.Thread(target=meanwhile, daemon=True).start()
    while True:
        wait = DRAIN_S if deadline is None else min(DRAIN_S, max(deadline - time.monotonic(), 0.0))
        try:
            child.wait(wait)
            return stopped
        except subprocess.TimeoutExpired:
            _take(streams.drain, notes)
        if deadline is not None and time.monotonic() >= deadline:
            sent = next(asked, signal.SIGKILL)
            if sent is not signal.SIGINT:
                notes.append(
                    f"the program did not end {PATIENCE_S:.0f} s after it was asked to; sent {sent.name}"
                )
            child.send_signal(sent)
            stopped = True
            deadline = time.monotonic() + PATIENCE_S


def _take(bring_home: Callable[[], None], notes: list[str]) -> None:
    """What the trace cannot hold is lost, and said; the program goes on."""
    try:
        bring_home()
    except TraceUnwritable as error:
        if str(error) not in notes:
            notes.append(str(error))


@contextmanager
def _signals_wait() -> Any:
    """While the program runs, Ctrl-C is its own affair, and a request to end is passed on to it."""
    children: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _: FrameType | None) -> None:
        for child in children:
            child.send_signal(number)

    def wait(_: int, __: FrameType | None) -> None:
        # Not SIG_IGN, which the program would inherit.
        return

    old: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        handlers = {
            signal.SIGINT: wait,
            signal.SIGQUIT: wait,
            signal.SIGTERM: pass_on,
            signal.SIGHUP: pass_on,
        }
        for number, handler in handlers.items():
            # What `nohup` or a shell's `&` had ignored, the program is to find ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                old[number] = signal.signal(number, handler)
    try:
        yield children
    finally:
        for changed, handler in old.items():
            signal.signal(changed, handler)
