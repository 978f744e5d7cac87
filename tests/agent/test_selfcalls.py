"""A thread that waits for a server of its own loop is told, and no other that waits for the network."""

from __future__ import annotations

import platform
import socket
import sys
import threading
import time
from typing import Any

import pytest
from _asyncwhy_agent.selfcalls import CALLS, LONG_NS, SelfCalls

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not CALLS[0], reason=f"no /proc is read on {sys.platform} {platform.machine()}"
)


class Recorder:
    """Keeps what is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def event(self, what: str, **facts: Any) -> None:
        self.told.append((what, facts))


def told(client: socket.socket, watched: list[socket.socket], looks: int = 1) -> int:
    """How often it was told of a thread that waits at `client`, while its loop watches those sockets."""
    native: list[int] = []

    def ask() -> None:
        native.append(threading.get_native_id())
        client.recv(1)

    thread = threading.Thread(target=ask)
    thread.start()
    while not native or "S" not in _state(native[0]):
        time.sleep(0.001)
    recorder = Recorder()
    calls = SelfCalls(recorder, {7: {one.fileno(): None for one in watched}})
    for _ in range(looks):
        calls.look(7, native[0], 1, 1 + LONG_NS)
    client.shutdown(socket.SHUT_RDWR)
    thread.join()
    assert all(what == "own-server" and facts == {"thread": 7} for what, facts in recorder.told)
    return len(recorder.told)


def _state(native: int) -> str:
    with open(f"/proc/self/task/{native}/stat", encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("timeout", [None, 30.0], ids=["for ever", "with a timeout"])
@pytest.mark.parametrize("accepted", [False, True], ids=["not accepted", "accepted"])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::"])
def test_only_who_is_watched_by_the_loop_is_its_own_server(
    host: str, accepted: bool, timeout: float | None
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        server = socket.create_server((host, 0), family=family, dualstack_ipv6=":" in host)
    except (OSError, ValueError):
        pytest.skip("no IPv6 here")
    with server, socket.create_server(("127.0.0.1", 0)) as another:
        for watches_it in (True, False):
            with socket.create_connection(("127.0.0.1", server.getsockname()[1]), timeout=timeout) as client:
                side = server.accept()[0] if accepted else server
                assert told(client, [another, side] if watches_it else [another]) == int(watches_it)
                (side if accepted else server.accept()[0]).close()


def test_it_is_asked_once_for_each_wait() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert told(client, [client, server], looks=3) == 1
