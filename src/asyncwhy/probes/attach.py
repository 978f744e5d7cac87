"""Observes a Node process that runs already: lends it the agent through its inspector, and takes it out at the end.

The inspector is open for the moment in which the agent is loaded, and no longer: the agent writes to a folder as in
any run, and looks there four times a second whether a file `stop` asks it to leave.  The file `alive`, which we
touch as often, tells it that somebody still listens: where we are killed, it takes itself out.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from asyncwhy.errors import AsyncwhyError, CannotAttach, TraceUnwritable
from asyncwhy.probes import node
from asyncwhy.probes.inspector import inspector_of
from asyncwhy.probes.process import Process, look
from asyncwhy.probes.python_stream import Streams
from asyncwhy.trace import schema
from asyncwhy.trace.writer import Writer

DRAIN_S = 0.25
#: How long a loop may take to see that we ask to leave; then the inspector is asked, which also reaches a busy one.
LEAVES_S = 1.5

_LOAD = """(() => {
  if (process.pid !== %(pid)d) return { wrong: process.pid };
  if (globalThis[Symbol.for('asyncwhy.agent')]) return { observed: true };
  globalThis[Symbol.for('asyncwhy.attach')] = { folder: %(folder)s };
  try { require(%(folder)s + '/agent.js'); return { loaded: Boolean(globalThis[Symbol.for('asyncwhy.agent')]) }; }
  catch (error) { return { error: String(error && error.message || error) }; }
  finally { delete globalThis[Symbol.for('asyncwhy.attach')]; }
})()"""
_LEAVE = "globalThis[Symbol.for('asyncwhy.agent')] && globalThis[Symbol.for('asyncwhy.agent')].asked()"


def find(pid: int) -> Process:
    """The process, if asyncwhy can attach to it; raises `ProgramNotFound` and `CannotAttach`."""
    process = look(pid)
    name = process.executable
    if name.startswith(("python", "pypy")):
        raise CannotAttach(
            f"process {pid} is {name}: attaching works for Node.js so far; `asyncwhy run` starts a Python program"
        )
    if not name.startswith("node"):
        raise CannotAttach(f"process {pid} is {name}, not Node.js")
    return process


def observe(
    process: Process,
    writer: Writer,
    ended: threading.Event,
    for_s: float | None,
    began: Callable[[], None],
) -> dict[str, Any]:
    """Observe until `ended` is set, `for_s` is over or the process is; what the trace says of the run.

    `began` is called once the agent is in.  Raises `CannotAttach`; then the process is as it was.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="asyncwhy-"))
    except OSError as error:
        raise TraceUnwritable(f"cannot make a folder for the run: {error.strerror}") from None
    notes: list[str] = []
    try:
        _lend(folder, process)
        begun = time.monotonic_ns()
        port = _load(folder, process)
        began()
        streams = Streams(folder, writer)
        deadline = None if for_s is None else time.monotonic() + for_s
        while process.lives() and not ended.wait(_left(deadline)):
            _drain(streams, notes)
            with suppress(OSError):
                os.utime(folder / "alive")
            if deadline is not None and time.monotonic() >= deadline:
                break
        left = process.lives()
        if left:
            _leave(folder, process, port, notes)
        run = {
            "command": list(process.command),
            "shown": [f"process {process.pid}", *process.command],
            "exit_code": None,
            "begun": begun,
            "ended": time.monotonic_ns(),
            "stopped": left,
            "notes": notes,
        }
        streams.finish()
        writer.json(schema.RUN, 0, run)
        return run
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _left(deadline: float | None) -> float:
    return DRAIN_S if deadline is None else min(DRAIN_S, max(deadline - time.monotonic(), 0.0))


def _drain(streams: Streams, notes: list[str]) -> None:
    try:
        streams.drain()
    except TraceUnwritable as error:
        if str(error) not in notes:
            notes.append(str(error))


def _lend(folder: Path, process: Process) -> None:
    """A copy of the agent where the process may read it; the folder is its user's, who writes there."""
    shutil.copyfile(node.AGENT, folder / "agent.js")
    (folder / "alive").touch()
    if os.geteuid() != process.user:
        for path in (folder, folder / "agent.js", folder / "alive"):
            os.chown(path, process.user, -1)


def _load(folder: Path, process: Process) -> int:
    """Have the process load the agent; the port of its inspector."""
    expression = _LOAD % {"pid": process.pid, "folder": json.dumps(str(folder))}
    with inspector_of(process) as inspector:
        answer, port = inspector.evaluate(expression), inspector.port
    if answer.get("observed"):
        raise CannotAttach(f"process {process.pid} is being observed by another asyncwhy")
    if "wrong" in answer:
        raise CannotAttach(
            f"process {process.pid} calls itself {answer['wrong']}: it lives in another container"
        )
    if not answer.get("loaded"):
        why = str(answer.get("error") or f"it needs Node.js {node.OLDEST} or later").splitlines()[0]
        raise CannotAttach(f"process {process.pid} cannot load the agent: {why}")
    return port


def _leave(folder: Path, process: Process, port: int, notes: list[str]) -> None:
    """Have the agent write what it has and take itself out; a loop that stands still hears of it later."""
    stop = folder / "stop"
    stop.touch()
    if os.geteuid() != process.user:
        with suppress(OSError):
            os.chown(stop, process.user, -1)
    if _gone(stop, process, LEAVES_S):
        return
    try:
        with inspector_of(process, port) as inspector:
            inspector.evaluate(_LEAVE)
    except AsyncwhyError as error:
        notes.append(
            f"the event loop stood still when asyncwhy left: {error}; the agent leaves when it goes on"
        )


def _gone(stop: Path, process: Process, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.lives():
        if not stop.exists():
            return True
        time.sleep(0.02)
    return not process.lives()
