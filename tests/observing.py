"""How a test observes a program: in a process of its own, with an interpreter of conftest's `pythons`."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from asyncwhy.trace.reader import read

WITH_UVLOOP = Path(__file__).parent / "with_uvloop.py"
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
OLDEST = "3.9"
TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Observed:
    """What came of a program that was run under asyncwhy."""

    report: dict[str, Any]
    output: str
    exit_code: int
    outside_s: float  # seconds of the run in which no loop ran


@functools.cache
def has_module(python: Path, module: str) -> bool:
    """Whether that interpreter can import the module; it is started to tell."""
    return subprocess.run([str(python), "-c", f"import {module}"], capture_output=True).returncode == 0


def require(
    pythons: dict[str, Path],
    version: str,
    *modules: str,
    at_least: tuple[int, int] = (3, 9),
    cores: int = 1,
) -> Path:
    """The interpreter of that version, or a skip that says by name what this machine lacks."""
    if version not in pythons:
        pytest.skip(f"CPython {version} is not on this machine")
    if tuple(map(int, version.split("."))) < at_least:
        pytest.skip(f"the program needs CPython {at_least[0]}.{at_least[1]}")
    if (os.cpu_count() or 1) < cores:
        pytest.skip(f"the program needs {cores} processor cores to lose anything")
    for module in modules:
        if not has_module(pythons[version], module):
            pytest.skip(f"{module} is not installed for CPython {version} ({pythons[version]})")
    return pythons[version]


def observe(python: Path, program: Path, folder: Path, *, uvloop: bool = False) -> Observed:
    """Runs a program under `asyncwhy run`; `folder` takes the trace and the report."""
    runner = [str(WITH_UVLOOP)] if uvloop else []
    return _observe(["--python", str(python), *runner, str(program)], folder)


def observe_node(program: Path, folder: Path, *options: str, node: str = "node") -> Observed:
    """The same for a program of Node.js, or a skip that says what this machine lacks."""
    require_node()
    return _observe(["--", node, *options, str(program)], folder)


#: Where other versions of Node.js lie, as nvm, n, fnm, volta and `npm install node@18` put them there.
NODES = (
    ".nvm/versions/node/*/bin/node",
    "n/versions/node/*/bin/node",
    ".local/share/fnm/node-versions/*/installation/bin/node",
    ".volta/tools/image/node/*/bin/node",
)


def require_node_of(major: int) -> str:
    """The interpreter of that main version, or a skip that says that it is missing.

    ASYNCWHY_NODES names more of them, with colons: interpreters, or folders that hold one.
    """
    named = [Path(one) for one in os.environ.get("ASYNCWHY_NODES", "").split(":") if one]
    known = [one / "node" if one.is_dir() else one for one in named]
    known += [path for pattern in NODES for path in sorted(Path.home().glob(pattern))]
    known += [Path(found) for name in (f"node{major}", f"node-{major}") if (found := shutil.which(name))]
    for node in known:
        if node.exists() and node_version(str(node)) == major:
            require_node()
            return str(node)
    pytest.skip(f"Node.js {major} is not on this machine (or not named in ASYNCWHY_NODES)")


def require_node(at_least: int = 18) -> None:
    """A skip where there is no Node.js that can be observed, or nothing that reads JavaScript."""
    version = node_version()
    if version < at_least:
        pytest.skip(f"Node.js {at_least} is not on this machine")
    if importlib.util.find_spec("tree_sitter") is None:
        pytest.skip("tree-sitter is not installed: pip install 'asyncwhy[node]'")


def require_package(package: str, folder: Path) -> None:
    """A skip where a package of npm is not installed there."""
    require_node()
    asked = ["node", "-e", f"require({package!r})"]
    if subprocess.run(asked, cwd=folder, capture_output=True).returncode:
        pytest.skip(f"{package} is not installed: npm install in {folder}")


@functools.cache
def node_version(name: str = "node") -> int:
    """The main version of an interpreter, or of the `node` on the path; 0 without one."""
    node = shutil.which(name)
    if node is None:
        return 0
    told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    return int(told.strip().removeprefix("v").partition(".")[0] or 0)


def _observe(command: list[str], folder: Path) -> Observed:
    report, trace = folder / "report.json", folder / "run.asyncwhy"
    told = ["--format", "json", "--report", str(report), "-o", str(trace)]
    done = subprocess.run(
        [sys.executable, "-m", "asyncwhy", "run", *told, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
    )
    told_us = report.read_text(encoding="utf-8") if report.exists() else ""
    assert told_us, f"no report, or an empty one (exit code {done.returncode}):\n{done.stderr}"
    said = json.loads(told_us)
    faults = [
        note for note in said["unseen"]["notes"] if "asyncwhy's own" in note or "took itself out" in note
    ]
    assert not faults, faults
    return Observed(said, done.stdout, done.returncode, _outside_s(trace, said["wall_s"]))


def _outside_s(trace: Path, wall_s: float) -> float:
    begun, changes = 0, []
    for process in read(trace).processes.values():
        begun = min(begun or process.meta["begun"], process.meta["begun"])
        changes += [(event["time"], 1) for event in process.named("run")]
        changes += [(event["time"], -1) for event in process.named("stop")]
    inside, running, since = 0, 0, 0
    for time, change in sorted(changes):
        inside += time - since if running else 0
        running, since = running + change, time
    if running:  # one was never stopped
        inside += begun + int(wall_s * 1e9) - since
    return wall_s - inside / 1e9


def settled(attempt: Callable[[], list[str]]) -> list[str]:
    """What differs, unless one of two more looks finds nothing: a machine that is busy for a moment makes a
    hold, or hides one.  What differs three times in a row does."""
    return attempt() and attempt() and attempt()
