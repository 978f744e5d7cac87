"""Speaks with the inspector of a Node process: opens it by SIGUSR1, evaluates an expression, closes it again."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from asyncwhy.errors import AsyncwhyError, CannotAttach, ProgramNotFound
from asyncwhy.probes.process import SIGUSR1, Process, is_taken, owner_of, ports_of

HOST = "127.0.0.1"
#: Closes the inspector once nobody is connected to it (states 01 and 08 of /proc/net/tcp): a server that is ended while
#: a connection is closed writes to freed memory (WsHandler::OnCloseFrameWritten, a crash in one of 80 tries, Node 20.20).
#: SIGUSR1 asks for the inspector twice, by an interrupt and by an event of the loop, which would open it again: an
#: immediate runs behind that event.
_CLOSE = """(() => {
  const { setTimeout: later, setImmediate: behind } = require('timers'), { readFileSync } = require('fs');
  const held = new RegExp('^ *\\\\d+: [0-9A-F]+:%(port)04X [0-9A-F]+:[0-9A-F]{4} (01|08) ', 'm');
  const isHeld = () => held.test(readFileSync('/proc/self/net/tcp', 'latin1'));
  const ends = () => behind(() => isHeld() ? later(ends, 50) : process._debugEnd());
  later(ends, 30);
})()"""
#: An inspector opened within 27 to 306 ms (measured, on a busy machine); one whose thread computes is no slower.
OPENS_S = 5.0
ANSWERS_S = 10.0


class Inspector:
    """One connection, to be used for a moment: a process that ends waits for its inspector to be left."""

    def __init__(self, connection: Any, sock: socket.socket, port: int) -> None:
        self.port = port
        self._connection = connection
        self._socket = sock
        self._numbers = itertools.count(1)

    def evaluate(self, expression: str) -> Any:
        """What the expression gives, as plain data; raises `CannotAttach` where no answer comes."""
        number = next(self._numbers)
        self._send(number, expression)
        deadline = time.monotonic() + ANSWERS_S
        try:
            while True:
                answer = json.loads(self._connection.recv(timeout=max(deadline - time.monotonic(), 0.0)))
                if answer.get("id") == number:
                    break
        except TimeoutError:
            raise CannotAttach(
                f"the process did not answer within {ANSWERS_S:.0f} s: its thread stands in a call of the system"
            ) from None
        except Exception as error:
            raise CannotAttach(f"the process broke off: {type(error).__name__}") from error
        result = answer.get("result", {})
        if "exceptionDetails" in result or "error" in answer:
            told = (
                result.get("exceptionDetails", {})
                .get("exception", {})
                .get("description", answer.get("error"))
            )
            raise CannotAttach(f"the process could not do it: {str(told).splitlines()[0][:200]}")
        return result["result"].get("value")

    def leaves(self) -> None:
        """Hang up without a word: a last message of WebSocket's is what the server may stumble over."""
        with suppress(Exception):
            self._socket.shutdown(socket.SHUT_WR)
            while True:
                self._connection.recv(timeout=ANSWERS_S)

    def _send(self, number: int, expression: str) -> None:
        # Node delays its answers by 40 ms where the acknowledgement of the last one is delayed (measured).
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        parameters = {"expression": expression, "returnByValue": True, "includeCommandLineAPI": True}
        self._connection.send(json.dumps({"id": number, "method": "Runtime.evaluate", "params": parameters}))


@contextmanager
def inspector_of(process: Process, opened: int = 0) -> Iterator[Inspector]:
    """The inspector, opened if it was not open, and then closed again; raises `CannotAttach`.

    `opened` is the port on which it was opened before: a loop that has not turned since has not closed it.
    """
    try:
        from websockets.sync.client import connect
    except ImportError:
        raise CannotAttach("attaching needs the package websockets: pip install 'asyncwhy[node]'") from None
    port, was_open = (opened, True) if opened in ports_of(process.pid) else _port(process)
    address = _address(process, port)
    try:
        sock = socket.create_connection((HOST, port), timeout=OPENS_S)
        with connect(address, sock=sock, compression=None, max_size=1 << 24, close_timeout=0.5) as connection:
            inspector = Inspector(connection, sock, port)
            try:
                yield inspector
            finally:
                if not was_open:
                    with suppress(AsyncwhyError):
                        inspector.evaluate(_CLOSE % {"port": port})
                inspector.leaves()
    except (OSError, TimeoutError) as error:
        raise CannotAttach(f"cannot reach the inspector of process {process.pid}: {error}") from None


def _port(process: Process) -> tuple[int, bool]:
    """The port of its inspector, and whether it was open before us."""
    wanted, before = process.inspector_port, ports_of(process.pid)
    if wanted in before:
        return wanted, True
    _is_free(process, wanted)
    if not process.caught & SIGUSR1:
        raise CannotAttach(
            f"process {process.pid} does not listen to SIGUSR1 (--disable-sigusr1?): the signal would end it"
        )
    try:
        os.kill(process.pid, signal.SIGUSR1)
    except OSError:
        raise ProgramNotFound(f"process {process.pid} has just ended") from None
    deadline = time.monotonic() + OPENS_S
    while time.monotonic() < deadline:
        opened = ports_of(process.pid) - before
        if opened and (not wanted or wanted in opened):
            return wanted or opened.pop(), False
        if not process.lives():
            raise ProgramNotFound(f"process {process.pid} has just ended")
        time.sleep(0.01)
    _is_free(process, wanted)
    if process.waits_for_events():
        raise CannotAttach(
            f"process {process.pid} has a SIGUSR1 handler of its own (it was called): no inspector opened"
        )
    raise CannotAttach(
        f"process {process.pid} opened no inspector within {OPENS_S:.0f} s: its thread stands in a call of the"
        " system, or it has a SIGUSR1 handler of its own"
    )


def _is_free(process: Process, port: int) -> None:
    if port and is_taken(process.pid, port):
        raise CannotAttach(
            f"port {port} is taken by {owner_of(port)}: process {process.pid} could not open its inspector"
        )


def _address(process: Process, port: int) -> str:
    """Where the main thread's session is to be had; its workers have others, later in the list."""
    try:
        asked = http.client.HTTPConnection(HOST, port, timeout=OPENS_S)
        asked.request("GET", "/json/list")
        targets = json.loads(asked.getresponse().read())
        asked.close()
        return str(targets[0]["webSocketDebuggerUrl"])
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        raise CannotAttach(
            f"port {port} of process {process.pid} does not answer as an inspector of Node.js does"
        ) from None
