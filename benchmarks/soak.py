"""A service under load with the agent on, for so many minutes: `python -m benchmarks.soak --minutes 60`.

Bounded and on loopback: the aiohttp service of `programs/`, a client that asks at a fixed rate, and beside it the same
service without the agent, which the same client asks in turn: what the machine does to both is nobody's drift.  Each row
of the table is a stretch of the run: memory, how long requests took, the CPU of each server.  At the end: the drift of the
last quarter against the first, over that of the service without the agent, and whether the trace has all steps.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from asyncwhy.trace.reader import read
from benchmarks.environment import ROOT
from benchmarks.running import PROGRAMS, _cpu_ns, _wait_for

_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CONNECTIONS = 8
ROWS = 20
#: What the last quarter may be over the first; times: beyond what the service without the agent is.
MEMORY_KB, LATENESS = 4_096, 1.5


@dataclass(frozen=True)
class Server:
    """One of the two; `command` is the process that was started, asyncwhy's own for the observed one."""

    port: int
    pid: int
    command: int


@dataclass(frozen=True)
class Served:
    """What one server did in a stretch; times in seconds."""

    resident_kb: int  # the agent included
    host_kb: int  # of asyncwhy's own process, which brings the events home
    requests: int
    p50: float
    p99: float
    cpu: float  # for each request

    def __str__(self) -> str:
        return f"{self.resident_kb / 1024:8.1f} {self.p50 * 1e3:7.2f} {self.p99 * 1e3:7.2f} {self.cpu * 1e6:6.0f}"


@dataclass(frozen=True)
class Row:
    """One stretch of the run."""

    minutes: float
    observed: Served
    alone: Served

    def __str__(self) -> str:
        host = f"{self.observed.host_kb / 1024:8.1f} {self.observed.requests:9}"
        return f"{self.minutes:7.1f} {self.observed} {host}   {self.alone}"


HEAD = (
    "         observed                              asyncwhy             alone\n"
    "minutes       MB     p50     p99    CPU       MB  requests         MB     p50     p99    CPU\n"
    "                      ms      ms     µs                                    ms      ms     µs"
)


async def _asks(port: int, first: float, every: float, ends: float, took: list[float]) -> None:
    """One request after another on a connection that is kept, at a fixed rate: a late answer delays no later one's due."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = first
    while due < ends:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        before = time.perf_counter()
        writer.write(_REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        took.append(time.perf_counter() - before)
        due = max(due + every, time.monotonic() - 1)
    writer.close()


def _resident_kb(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def _served(server: Server, took: list[float], cpu_ns: int) -> Served:
    done = sorted(took)
    took.clear()
    return Served(
        _resident_kb(server.pid),
        _resident_kb(server.command),
        len(done),
        done[len(done) // 2] if done else 0.0,
        done[len(done) * 99 // 100] if done else 0.0,
        (_cpu_ns(server.pid) - cpu_ns) / 1e9 / max(len(done), 1),
    )


async def _stretches(servers: list[Server], seconds: float, rate: float) -> list[Row]:
    rows: list[Row] = []
    took: list[list[float]] = [[] for _ in servers]
    begun = time.monotonic()
    ends = begun + seconds
    # One after another: asked together, they would be answered together at first, by fewer turns of the loop, and drift
    # apart in some minutes, which looks as if the server used more CPU for each (measured: 230 to 380 µs).
    asking = [
        asyncio.create_task(
            _asks(
                server.port,
                begun + (number + which / len(servers)) / rate,
                CONNECTIONS / rate,
                ends,
                took[which],
            )
        )
        for number in range(CONNECTIONS)
        for which, server in enumerate(servers)
    ]
    for number in range(1, ROWS + 1):
        cpu = [_cpu_ns(server.pid) for server in servers]
        await asyncio.sleep(max(begun + seconds * number / ROWS - time.monotonic(), 0))
        observed, alone = (_served(*what) for what in zip(servers, took, cpu, strict=True))
        rows.append(Row((time.monotonic() - begun) / 60, observed, alone))
        print(rows[-1], flush=True)
    await asyncio.gather(*asking)
    return rows


@contextmanager
def _server(folder: Path, *, observed: bool) -> Iterator[Server]:
    ready = folder / f"ready-{observed}"
    told = ["-m", "asyncwhy", "run", "-o", str(folder / "run.trace"), "--report", str(folder / "report.txt")]
    command = [sys.executable, *(told if observed else []), str(PROGRAMS / "aiohttp_server.py"), str(ready)]
    with (folder / f"errors-{observed}").open("wb") as errors:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        started = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
    pid, port = _wait_for(ready, started)
    try:
        yield Server(port, pid, started.pid)
    finally:
        os.kill(pid, signal.SIGINT)
        started.wait(120)


def soak(folder: Path, seconds: float, rate: float, *, watched: bool) -> list[Row]:
    """The rows of one run, and the trace in the folder; without `watched` both servers are without the agent."""
    with ExitStack() as stack:
        servers = [stack.enter_context(_server(folder, observed=watched))]
        (folder / f"ready-{False}").unlink(missing_ok=True)
        servers.append(stack.enter_context(_server(folder, observed=False)))
        return asyncio.run(_stretches(servers, seconds, rate))


def drift(rows: list[Row]) -> bool:
    """Print what the last quarter is over the first; whether it is more than may be."""
    quarter = max(len(rows) // 4, 1)

    def ends(of: Callable[[Row], float]) -> tuple[float, float]:
        return statistics.median(map(of, rows[:quarter])), statistics.median(map(of, rows[-quarter:]))

    bad = False
    for name in ("resident_kb", "host_kb"):
        before, after = ends(lambda row, name=name: getattr(row.observed, name))  # type: ignore[misc]
        over = after - before > MEMORY_KB
        bad |= over
        print(f"{name:12} {before / 1024:9.2f} -> {after / 1024:9.2f} MB{'  DRIFTS' if over else ''}")
    for name, unit, scale in (("p50", "ms", 1e3), ("p99", "ms", 1e3), ("cpu", "µs", 1e6)):
        before, after = ends(lambda row, name=name: getattr(row.observed, name))  # type: ignore[misc]
        was, became = ends(lambda row, name=name: getattr(row.alone, name))  # type: ignore[misc]
        over = after / before > LATENESS * max(became / was, 1)
        bad |= over
        print(
            f"{name:12} {before * scale:9.2f} -> {after * scale:9.2f} {unit}, alone {was * scale:9.2f} -> "
            f"{became * scale:9.2f}{'  DRIFTS' if over else ''}"
        )
    return bad


def complete(path: Path, requests: int) -> bool:
    """Whether the trace was ended in good order, dropped nothing, and has a step for each request at the least."""
    trace = read(path)
    process = max(trace.processes.values(), key=lambda one: len(one.table("steps")))
    steps, dropped = len(process.table("steps")), process.meta.get("dropped", -1)
    size = path.stat().st_size
    print(
        f"trace: ended {trace.ended}, {steps} steps for {requests} requests, {dropped} dropped, "
        f"{process.meta.get('failed_writes', -1)} writes failed, {size / max(steps, 1):.1f} bytes a step"
    )
    return trace.ended and dropped == 0 and steps >= requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=300, help="requests per second to each server")
    parser.add_argument(
        "--alone", action="store_true", help="both without the agent, to see how alike they are"
    )
    options = parser.parse_args()
    # A shell that starts this in the background leaves Ctrl-C ignored, and the servers are to end by it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        print(HEAD)
        rows = soak(folder, options.minutes * 60, options.rate, watched=not options.alone)
        bad = drift(rows)
        if not options.alone:
            more = rows[-1].observed.resident_kb - rows[-1].alone.resident_kb
            print(f"agent        {more / 1024:9.2f} MB more than without it")
            bad |= not complete(folder / "run.trace", sum(row.observed.requests for row in rows))
    sys.exit(bad)


if __name__ == "__main__":
    main()
