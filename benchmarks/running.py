"""Runs programs under observers and measures what they used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.observers import Observer
from benchmarks.pairs import Measure

PROGRAMS = Path(__file__).with_name("programs")
_LOAD = str(Path(__file__).with_name("load.py"))
CONNECTIONS = 16


def environment(observer: Observer) -> dict[str, str]:
    made = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASYNCWHY"))}
    return {**made, **observer.environment}


def run(observer: Observer, folder: Path, program: str, *arguments: object) -> float:
    """Run a program to its end; wall seconds."""
    before = time.perf_counter()
    done = subprocess.run(
        observer.command(folder, str(PROGRAMS / program), *arguments),
        env=environment(observer),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{program} under {observer.name} failed: {done.stderr[-600:]}")
    return time.perf_counter() - before


def step_ns(steps: int) -> Measure:
    """A measure: CPU nanoseconds per empty step, as the program itself reads its clock."""

    def measure(observer: Observer, folder: Path) -> float:
        out = folder / "out"
        run(observer, folder, "empty_steps.py", steps, out)
        return float(out.read_text().split()[0]) / steps * 1e9

    return measure


def request_us(requests: int, program: str, *arguments: object, kind: str = "http") -> Measure:
    """A measure: CPU microseconds that the server process uses per request, or per message of a WebSocket."""

    def measure(observer: Observer, folder: Path) -> float:
        ready = folder / "ready"
        command = observer.command(folder, str(PROGRAMS / program), ready, *arguments)
        with (folder / "errors").open("wb") as errors:
            server = subprocess.Popen(
                command, env=environment(observer), stdout=subprocess.DEVNULL, stderr=errors
            )
        pid, port = _wait_for(ready, server)
        try:
            _load(port, requests // 10, kind)
            before = _cpu_ns(pid)
            _load(port, requests, kind)
            used = _cpu_ns(pid) - before
        finally:
            os.kill(pid, signal.SIGINT)
            _end(server, pid)
        return used / requests / 1e3

    return measure


def _wait_for(ready: Path, server: subprocess.Popen[bytes]) -> tuple[int, int]:
    deadline = time.monotonic() + 60
    while not ready.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise RuntimeError(f"the server did not start: {(ready.parent / 'errors').read_text()[-600:]}")
        time.sleep(0.02)
    pid, port = ready.read_text().split()
    return int(pid), int(port)


def _load(port: int, requests: int, kind: str) -> None:
    subprocess.run([sys.executable, _LOAD, str(port), str(requests), str(CONNECTIONS), kind], check=True)


def _cpu_ns(pid: int) -> int:
    """The CPU clock of another process (Linux: CPUCLOCK_SCHED of the inverted id)."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def _end(server: subprocess.Popen[bytes], pid: int) -> None:
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.kill(pid, signal.SIGKILL)
        server.wait(20)
