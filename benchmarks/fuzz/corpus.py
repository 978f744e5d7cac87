"""Real files to damage: traces of small programs, and the streams that their agents wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from asyncwhy.probes.python import INJECT
from benchmarks.environment import ROOT

PROGRAMS = (
    "specimens/serialised-by-lock/asyncio/sick.py",
    "specimens/pool-saturated/asyncio/sick.py",
    "specimens/never-awaited/asyncio/sick.py",
    "specimens/serial-dispatch/asyncio-streams/sick.py",
    "specimens/task-lost/asyncio-exception/sick.py",
)
#: Bytes before the first chunk.
PREFIX = {".trace": 16, ".stream": 0, ".node": 0}


def files(folder: Path, programs: tuple[str, ...] = PROGRAMS) -> list[Path]:
    """The files, made in that folder; rows of a stream are read as doubles, too, as those of Node's agent are."""
    environment = {**os.environ, "PYTHONPATH": f"{INJECT}{os.pathsep}{ROOT / 'src'}"}
    for number, program in enumerate(programs):
        streams = folder / f"{number}"
        streams.mkdir()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        alone = {**environment, "ASYNCWHY_STREAM": str(streams)}
        subprocess.run([sys.executable, ROOT / program], env=alone, timeout=60, **quiet)
        told = ["-o", str(folder / f"{number}.trace"), "--report", str(folder / f"{number}.txt")]
        command = [sys.executable, "-m", "asyncwhy", "run", *told, str(ROOT / program)]
        subprocess.run(command, timeout=60, **quiet)
        for stream in sorted(streams.glob("*.stream")):
            stream.with_suffix(".node").write_bytes(stream.read_bytes())
    return sorted(path for path in folder.rglob("*") if path.suffix in PREFIX)
