r"""Programs that are run twice, alone and observed, and must do the same both times.

Each file of `tests/agent/programs/` is one.  Its first comments may say how it is run:

    # flags: -X dev           options of the interpreter
    # env: NAME=VALUE         a variable of its environment
    # args: one two           its arguments
    # heavy: one two          those with ASYNCWHY_HEAVY set: as many as can be, where the others are as many as is quick
    # needs: module           what its interpreter must have installed
    # stdin: one\ntwo         what it reads
    # python: 3.12            the oldest that can run it
    # file site/x.py: text    a file beside it
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "programs"
PROGRAMS = tuple(sorted(path.stem for path in FOLDER.glob("*.py")))
HEAVY = bool(os.environ.get("ASYNCWHY_HEAVY"))
TIMEOUT_S = 300.0 if HEAVY else 60.0
#: What a program's behaviour may depend on and a test runner has set.
CLEARED = ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Program:
    """One file and how it is run."""

    path: Path
    flags: tuple[str, ...]
    variables: dict[str, str]
    arguments: tuple[str, ...]
    files: dict[str, str]
    stdin: str
    python: tuple[int, int]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    """All that can be seen of a program from outside."""

    stdout: bytes
    stderr: bytes
    exit_code: int


def program(name: str) -> Program:
    path = FOLDER / f"{name}.py"
    text = path.read_text(encoding="utf-8")

    def all_of(key: str) -> list[str]:
        return re.findall(rf"^# {key}: (.*)$", text, re.MULTILINE)

    version = next(iter(all_of("python")), "3.9").split(".")
    return Program(
        path,
        flags=tuple(" ".join(all_of("flags")).split()),
        variables=dict(pair.split("=", 1) for pair in all_of("env")),
        arguments=tuple(" ".join(all_of("heavy") if HEAVY and all_of("heavy") else all_of("args")).split()),
        files=dict(re.findall(r"^# file (\S+): (.*)$", text, re.MULTILINE)),
        stdin="".join(all_of("stdin")).replace(r"\n", "\n"),
        python=(int(version[0]), int(version[1])),
        needs=tuple(" ".join(all_of("needs")).split()),
    )


def environment(variables: dict[str, str] | None = None) -> dict[str, str]:
    made = {name: value for name, value in os.environ.items() if name not in CLEARED}
    return made | (variables or {})


def lay_out(what: Program, folder: Path) -> None:
    """The program and its files in a folder of its own."""
    folder.mkdir()
    shutil.copy(what.path, folder / "prog.py")
    for name, text in what.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text + "\n", encoding="utf-8")


def observed_command(folder: Path, *options: str) -> list[str]:
    """`asyncwhy run` with the report and the trace in a folder."""
    files = ["--format", "json", "--report", str(folder / "report.json"), "-o", str(folder / "run.trace")]
    # -E: what is set for the program (PYTHONPATH, PYTHONDEVMODE) is not for asyncwhy's own interpreter.
    return [sys.executable, "-E", "-m", "asyncwhy", "run", *files, *options]


def both(what: Program, python: Path, folder: Path, *, pure: bool = False) -> tuple[Ended, Ended]:
    """The program alone and observed (without the C recorder if `pure`), side by side, each in its own folder."""
    alone, seen = folder / "alone", folder / "observed"
    for place in (alone, seen):
        place.mkdir()
        lay_out(what, place / "work")
    command = [str(python), *what.flags, "prog.py", *what.arguments]
    observed = observed_command(seen, "--", *command)
    first = _start(command, alone / "work", what)
    second = _start(observed, seen / "work", what, {"ASYNCWHY_PURE_PYTHON": "1"} if pure else {})
    return _end(first, what.stdin, alone), _end(second, what.stdin, seen)


def _start(
    command: Sequence[str], folder: Path, what: Program, more: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    variables = environment(what.variables | {"PWD": "/here"} | (more or {}))
    return subprocess.Popen(command, cwd=folder, env=variables, stdin=pipe, stdout=pipe, stderr=pipe)


def _end(process: subprocess.Popen[bytes], stdin: str, folder: Path) -> Ended:
    stdout, stderr = process.communicate(stdin.encode(), timeout=TIMEOUT_S)
    here = str(folder).encode()
    return Ended(stdout.replace(here, b"HERE"), stderr.replace(here, b"HERE"), process.returncode)
