"""Attaching to a Node process: the right line, one line for each refusal, and a process that goes on as it was."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from asyncwhy.errors import CannotAttach
from asyncwhy.probes import process as processes
from tests.observing import require_node, settled

SERVER = Path(__file__).parent / "attached.mjs"
LOAD = Path(__file__).parent.parent / "real" / "node" / "load.js"
FAULTS = {
    "/config": ("blocking-call", "readFileSync(big"),
    "/basket": ("await-in-loop", "await loadItem(id)"),
    "/compute": ("cpu-on-loop", "for (let i = 0; i < 3e7; i++)"),
}
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a process that is ended with the test; it prints a line when it is ready."""
    require_node()
    begun = []

    def one(*command: str, **more: Any) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, **more
        )
        begun.append(child)
        return child

    yield one
    for child in begun:
        child.kill()
        child.communicate()


@pytest.fixture
def server(start: Start, tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    """The server and its port."""
    (tmp_path / "big").write_bytes(b"x" * 20_000_000)
    child = start("node", "--inspect-port=0", str(SERVER))  # others on this machine may attach, too
    assert child.stdout is not None
    return child, int(child.stdout.readline())


def command(pid: int, *options: str) -> list[str]:
    return [sys.executable, "-m", "asyncwhy", "attach", *options, str(pid)]


def attach(folder: Path, pid: int, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(pid, *options), cwd=folder, capture_output=True, text=True, timeout=60)


def observe(folder: Path, pid: int, seconds: str = "1.5") -> dict[str, Any]:
    report = folder / "report.json"
    done = attach(
        folder, pid, "--for", seconds, "--format", "json", "--report", str(report), "-o", "run.trace"
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(report.read_text())
    return made


def asked(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def line_of(text: str) -> int:
    (line,) = (n for n, one in enumerate(SERVER.read_text().split("\n"), 1) if text in one)
    return line


def dearest(report: dict[str, Any]) -> tuple[str, int] | None:
    found = max(report["findings"], key=lambda one: one["cost_s"] or 0.0, default=None)
    return found and (found["cause"], found["site"]["line"])


@pytest.mark.slow
@pytest.mark.parametrize("path", FAULTS)
def test_the_fault_of_a_server_under_load(
    path: str, server: tuple[subprocess.Popen[str], int], start: Start, tmp_path: Path
) -> None:
    child, port = server
    before = asked(port, "/state")

    def differences() -> list[str]:
        load = start("node", str(LOAD), str(port), path)
        time.sleep(0.2)
        found = dearest(observe(tmp_path, child.pid))
        load.wait()
        cause, text = FAULTS[path]
        return [] if found == (cause, line_of(text)) else [f"{found}, not {cause}"]

    assert not (left := settled(differences)), left
    # A second attach works, and the process is as it was: no hook, no wrapper, no port.
    observe(tmp_path, child.pid, "0.3")
    assert asked(port, "/state") == before
    assert processes.ports_of(child.pid) == {port}


@pytest.mark.slow
def test_a_loop_that_never_ends(server: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    child, port = server
    with socket.create_connection(("127.0.0.1", port)) as asking:
        asking.sendall(b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        report = observe(tmp_path, child.pid)
    (line,) = {found["site"]["line"] for found in report["findings"]}
    assert line == line_of("while (stuck)")
    assert child.poll() is None


@pytest.mark.slow
def test_the_process_goes_on_when_asyncwhy_is_killed(
    server: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    child, port = server
    before = asked(port, "/state")
    watching = subprocess.Popen(command(child.pid), stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert watching.stderr is not None
    assert "watching process" in watching.stderr.readline()
    assert asked(port, "/state") != before
    watching.kill()
    watching.communicate()
    until = time.monotonic() + 20
    while asked(port, "/state") != before and time.monotonic() < until:
        time.sleep(0.25)
    assert asked(port, "/state") == before


def test_ctrl_c_ends_the_watching_alone(server: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    child, port = server
    watching = subprocess.Popen(command(child.pid), stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert watching.stderr is not None
    assert "until Ctrl-C" in watching.stderr.readline()
    watching.send_signal(signal.SIGINT)
    _, told = watching.communicate(timeout=30)
    assert watching.returncode == 0
    assert f"process {child.pid}" in told
    assert asked(port, "/") == "ok"


def test_the_process_ends_while_it_is_watched(
    server: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    child, port = server
    watching = subprocess.Popen(command(child.pid), stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert watching.stderr is not None
    watching.stderr.readline()
    asked(port, "/exit")
    assert child.wait(timeout=10) == 3
    _, told = watching.communicate(timeout=30)
    assert watching.returncode == 0
    assert "Node.js" in told


def refusal(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    assert not done.stdout
    assert done.stderr.startswith("asyncwhy: ")
    assert done.stderr.count("\n") == 1
    return done.returncode, done.stderr


def test_there_is_no_such_process(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert refusal(attach(tmp_path, child.pid)) == (127, f"asyncwhy: there is no process {child.pid}\n")
    assert refusal(attach(tmp_path, 0))[0] == 125


def test_python_and_others_are_not_node(start: Start, tmp_path: Path) -> None:
    python = start(sys.executable, "-c", "import time; time.sleep(60)")
    sleep = start("sleep", "60")
    time.sleep(0.3)
    code, told = refusal(attach(tmp_path, python.pid))
    assert (code, "works for Node.js so far" in told) == (126, True), told
    code, told = refusal(attach(tmp_path, sleep.pid))
    assert (code, "not Node.js" in told) == (126, True), told


def test_a_handler_of_its_own(start: Start, tmp_path: Path) -> None:
    child = start(
        "node",
        "--inspect-port=0",
        "-e",
        "process.on('SIGUSR1', () => {}); setInterval(() => {}, 50); console.log(1)",
    )
    assert child.stdout is not None
    child.stdout.readline()
    code, told = refusal(attach(tmp_path, child.pid))
    assert (code, "SIGUSR1 handler of its own" in told) == (126, True), told
    assert child.poll() is None


def test_the_port_is_taken(start: Start, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        child = start("node", f"--inspect-port={port}", "-e", "setInterval(() => {}, 50); console.log(1)")
        assert child.stdout is not None
        child.stdout.readline()
        code, told = refusal(attach(tmp_path, child.pid))
    assert (code, f"port {port} is taken by process {os.getpid()}" in told) == (126, True), told


def test_the_signal_would_end_it(start: Start, tmp_path: Path) -> None:
    require_node()
    if subprocess.run(["node", "--disable-sigusr1", "-e", "0"], capture_output=True).returncode:
        pytest.skip("this Node.js has no --disable-sigusr1")
    child = start("node", "--disable-sigusr1", "-e", "setInterval(() => {}, 50); console.log(1)")
    assert child.stdout is not None
    child.stdout.readline()
    code, told = refusal(attach(tmp_path, child.pid))
    assert (code, "--disable-sigusr1" in told) == (126, True), told
    assert child.poll() is None


def test_without_a_handler_no_signal_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from asyncwhy.probes import inspector

    def no_signal(*_: object) -> None:
        raise AssertionError("the signal was sent")

    monkeypatch.setattr(inspector.os, "kill", no_signal)
    own = processes.Process(os.getpid(), "1", "node", ("node", "--inspect-port=0"), 0, 0, "")
    with pytest.raises(CannotAttach, match="would end it"), inspector.inspector_of(own):
        pass


def test_the_process_of_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.os, "geteuid", lambda: os.getuid() + 12345)
    with pytest.raises(CannotAttach, match="belongs to another user"):
        processes.look(os.getpid())


def test_one_that_is_observed_already(start: Start, tmp_path: Path) -> None:
    program = tmp_path / "beats.js"
    program.write_text("setInterval(() => {}, 50); console.log(process.pid)")
    child = start(sys.executable, "-m", "asyncwhy", "run", "-o", "one.trace", str(program))
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    code, told = refusal(attach(tmp_path, pid))
    os.kill(pid, signal.SIGTERM)
    assert (code, "observed by another asyncwhy" in told) == (126, True), told


@pytest.mark.parametrize(
    ("words", "options", "port"),
    [
        (("node", "app.js"), "", 9229),
        (("node", "--inspect-port=9300", "app.js"), "", 9300),
        (("node", "--inspect=127.0.0.1:9301", "app.js"), "", 9301),
        (("node", "--inspect=0", "app.js"), "", 0),
        (("node", "app.js"), "--require x --inspect-port=9302", 9302),
        (("node", "--inspect-brk", "app.js"), "", 9229),
    ],
)
def test_the_port_that_its_inspector_takes(words: tuple[str, ...], options: str, port: int) -> None:
    assert processes.Process(1, "1", "node", words, 0, 0, options).inspector_port == port
