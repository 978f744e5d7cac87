"""What is fuzzed, within bounds: a file is read whole, as a trace or as an agent's stream, in a memory that its size allows.

`problem()` gives None where all is well: either the file is read, or the reader's own error says why not.
"""

from __future__ import annotations

import resource
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from asyncwhy.errors import TraceError
from asyncwhy.probes.python_stream import Streams
from asyncwhy.trace import schema
from asyncwhy.trace.allowance import FACTOR, SPARE
from asyncwhy.trace.reader import read
from asyncwhy.trace.writer import Writer

#: Seconds of its own CPU for one file of less than a megabyte.
PATIENCE_S = 10


class Hangs(Exception):
    """It took longer than anything may."""


@dataclass
class Sizes:
    """The largest that was seen."""

    seconds: float = 0.0
    resident_kb: int = 0


def problem(data: bytes, name: str, sizes: Sizes) -> str | None:
    """What is wrong with how a file of that name (a trace, or a stream by its ending) is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        before = time.process_time()
        try:
            with warnings.catch_warnings(), _within(FACTOR * len(data) + SPARE):
                warnings.simplefilter("error")
                if path.suffix == ".trace":
                    read_all(path)
                else:
                    _bring_home(path)
        except BaseException:
            return traceback.format_exc()
        finally:
            sizes.seconds = max(sizes.seconds, time.process_time() - before)
            sizes.resident_kb = max(sizes.resident_kb, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return None


def read_all(path: Path) -> None:
    """Everything that a trace holds, if it can be read; no other error than `TraceError` is expected."""
    try:
        trace = read(path)
    except TraceError:
        return
    for process in trace.processes.values():
        process.named("run")
        for number in process.stacks:
            process.stack(number)
        for name in schema.KIND_OF:
            process.table(name)


def _bring_home(path: Path) -> None:
    home = path.with_suffix(".trace")
    with Writer(home) as writer:
        streams = Streams(path.parent, writer)
        streams.drain()
        streams.finish()
        writer.close()
    read_all(home)


@contextmanager
def _within(memory: int) -> Iterator[None]:
    """No more addresses than there are and so many, no more CPU than a file is worth."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    before = signal.signal(signal.SIGVTALRM, _too_long)
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, most))
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        signal.signal(signal.SIGVTALRM, before)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise Hangs
