"""How each observer is put on a program: the command line that its own users would write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.environment import HOST, ROOT, has, python

Command = Callable[[Path], list[str]]
_INSIDE = str(Path(__file__).with_name("inside.py"))


@dataclass(frozen=True)
class Observer:
    """`before(folder)` stands before the program; `folder` takes what the observer writes."""

    name: str
    before: Command
    environment: Mapping[str, str] = field(default_factory=dict)
    module: str = ""

    def command(self, folder: Path, program: str, *arguments: object) -> list[str]:
        """The whole command line."""
        return [*self.before(folder), program, *map(str, arguments)]


def _inside(peer: str, module: str = "") -> Observer:
    return Observer(peer, lambda _: [python(), _INSIDE, peer], module=module or peer)


def _in_bin(name: str) -> str:
    return f"{Path(python()).parent}/{name}"


UNOBSERVED = Observer("unobserved", lambda _: [python()])
ASYNCWHY = Observer(
    "asyncwhy",
    lambda folder: [
        *(str(HOST), "-m", "asyncwhy", "run", "--python", python()),
        *("-o", f"{folder}/run.asyncwhy", "--report", f"{folder}/report.txt"),
    ],
    # The commit under test, also where another one is installed.
    {"PYTHONPATH": str(ROOT / "src")},
)
#: Without the C recorder, as where there is no compiler.
PURE = replace(
    ASYNCWHY, name="asyncwhy-pure", environment={**ASYNCWHY.environment, "ASYNCWHY_PURE_PYTHON": "1"}
)
PEERS = (
    Observer(
        "py-spy",
        lambda f: [_in_bin("py-spy"), "record", "-o", f"{f}/o.svg", "--", python()],
        module="py_spy",
    ),
    _inside("blockbuster"),
    _inside("loopsentry"),
    _inside("aiodebug"),
    Observer("viztracer", lambda f: [python(), "-m", "viztracer", "--quiet", "-o", f"{f}/o.json"], module="viztracer"),
    _inside("aiocop"),
    _inside("event_loop_monitor", "asyncio_event_loop_monitor"),
    Observer(
        "ddtrace",  # its profiler alone; without an agent to send to it says so and drops what it gathered
        lambda _: [_in_bin("ddtrace-run"), python()],
        {"DD_PROFILING_ENABLED": "true", "DD_TRACE_ENABLED": "false", "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false"},
        "ddtrace",
    ),
    Observer("pyinstrument", lambda f: [python(), "-m", "pyinstrument", "-o", f"{f}/o.txt"], module="pyinstrument"),
    Observer("yappi", lambda f: [python(), "-m", "yappi", "-o", f"{f}/o.pstat"], module="yappi"),
    _inside("pyleak"),
    Observer("asyncio-debug", lambda _: [python()], {"PYTHONASYNCIODEBUG": "1"}),
)  # fmt: skip


def chosen(names: str) -> list[Observer]:
    """The peers asked for ("all", "none", or a list with commas) that are installed."""
    wanted = [peer for peer in PEERS if names == "all" or peer.name in names.split(",")]
    return [peer for peer in wanted if peer.module in ("", "py_spy") or has(peer.module)]
