"""A service under load with the agent on, for so many minutes: `python -m benchmarks.soak --minutes 60`.

Bounded and on loopback: the aiohttp service of `programs/`, a client that asks at a fixed rate.  Each row of the table is
a stretch of the run: memory, how long requests took, the CPU of the server.  At the end: the drift of the last quarter
against the first, and whether the trace has all steps.
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
from dataclasses import dataclass
from pathlib import Path

from asyncwhy.trace.reader import read
from benchmarks.environment import ROOT
from benchmarks.running import PROGRAMS, _cpu_ns, _wait_for

_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CONNECTIONS = 8
ROWS = 20
#: What the last quarter may be over the first.
MEMORY_KB, LATENESS = 4_096, 1.5


@dataclass(frozen=True)
class Row:
    """One stretch of the run; times in seconds."""

    minutes: float
    resident_kb: int  # of the server, its agent included
    host_kb: int  # of asyncwhy's own process, which brings the events home
    requests: int
    p50: float
    p99: float
    cpu: float  # of the server, for each request

    def __str__(self) -> str:
        memory = f"{self.resident_kb / 1024:9.1f} {self.host_kb / 1024:8.1f}"
        late = f"{self.p50 * 1e3:8.2f} {self.p99 * 1e3:8.2f}"
        return f"{self.minutes:7.1f} {memory} {self.requests:9} {late} {self.cpu * 1e6:8.0f}"


HEAD = (
    "minutes    server     host  requests      p50      p99      CPU\n"
    "               MB       MB                 ms       ms       µs"
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


async def _stretches(port: int, pid: int, host: int, seconds: float, rate: float) -> list[Row]:
    rows: list[Row] = []
    took: list[float] = []
    begun = time.monotonic()
    ends = begun + seconds
    # One after another: asked together, they would be answered together at first, by fewer turns of the loop, and drift
    # apart in some minutes, which looks as if the server used more CPU for each (measured: 230 to 380 µs).
    asking = [
        asyncio.create_task(_asks(port, begun + number / rate, CONNECTIONS / rate, ends, took))
        for number in range(CONNECTIONS)
    ]
    for number in range(1, ROWS + 1):
        cpu = _cpu_ns(pid)
        await asyncio.sleep(max(begun + seconds * number / ROWS - time.monotonic(), 0))
        done = sorted(took)
        took.clear()
        rows.append(
            Row(
                (time.monotonic() - begun) / 60,
                _resident_kb(pid),
                _resident_kb(host),
                len(done),
                done[len(done) // 2] if done else 0.0,
                done[len(done) * 99 // 100] if done else 0.0,
                (_cpu_ns(pid) - cpu) / 1e9 / max(len(done), 1),
            )
        )
        print(rows[-1], flush=True)
    await asyncio.gather(*asking)
    return rows


def soak(folder: Path, seconds: float, rate: float, *, observed: bool) -> list[Row]:
    """The rows of one run; its trace is in the folder."""
    ready = folder / "ready"
    told = ["-m", "asyncwhy", "run", "-o", str(folder / "run.trace"), "--report", str(folder / "report.txt")]
    command = [sys.executable, *(told if observed else []), str(PROGRAMS / "aiohttp_server.py"), str(ready)]
    with (folder / "errors").open("wb") as errors:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
    pid, port = _wait_for(ready, server)
    try:
        return asyncio.run(_stretches(port, pid, server.pid, seconds, rate))
    finally:
        os.kill(pid, signal.SIGINT)
        server.wait(120)


def drift(rows: list[Row]) -> bool:
    """Print what the last quarter is over the first; whether it is more than may be."""
    quarter = max(len(rows) // 4, 1)
    first, last = rows[:quarter], rows[-quarter:]
    bad = False
    for name, unit, scale, most in (
        ("resident_kb", "MB", 1 / 1024, None),
        ("host_kb", "MB", 1 / 1024, None),
        ("p50", "ms", 1e3, LATENESS),
        ("p99", "ms", 1e3, LATENESS),
        ("cpu", "µs", 1e6, LATENESS),
    ):
        before, after = (statistics.median(getattr(row, name) for row in part) for part in (first, last))
        over = after - before > MEMORY_KB if most is None else after > before * most
        bad |= over
        print(
            f"{name:12} {before * scale:9.2f} -> {after * scale:9.2f} {unit}" + ("  DRIFTS" if over else "")
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
    parser.add_argument("--rate", type=float, default=300, help="requests per second in all")
    parser.add_argument(
        "--alone", action="store_true", help="without the agent, to see what is the program's own"
    )
    options = parser.parse_args()
    # A shell that starts this in the background leaves Ctrl-C ignored, and the server is to end by it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        print(HEAD)
        if not options.alone:
            # A tenth of the time without the agent, for what is the program's own.
            alone = soak(folder, options.minutes * 6, options.rate, observed=False)[-1]
            (folder / "ready").unlink()
            print("\nwith the agent")
        rows = soak(folder, options.minutes * 60, options.rate, observed=not options.alone)
        bad = drift(rows)
        if not options.alone:
            print(
                f"agent        {(rows[-1].resident_kb - alone.resident_kb) / 1024:9.2f} MB more than without it"
            )
            bad |= not complete(folder / "run.trace", sum(row.requests for row in rows))
    sys.exit(bad)


if __name__ == "__main__":
    main()
