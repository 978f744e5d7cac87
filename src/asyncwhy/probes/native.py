"""The C recorder of the Python agent, built once for each version of interpreter that is observed.

A build is kept in the user's cache under the digest of its sources, as `_asyncwhy_recorder` with the suffix that the
interpreter gives extension modules (which names its version, kind and machine).  Without a compiler or the
interpreter's headers the agent records in pure Python, and the report says so.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "agents" / "python" / "native"
#: Where a wheel carries the build for the interpreter that it was made with.
SHIPPED = SOURCES / "built"
NAME = "_asyncwhy_recorder"
FLAGS = ("-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-std=c11", "-D_GNU_SOURCE")
#: What a build may take, seconds; it takes one.
PATIENCE_S = 60
_ASKED = "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'), sysconfig.get_path('include'), sep='\\n')"


def digest() -> str:
    """Names the sources and how they are compiled."""
    made = hashlib.sha256(" ".join(FLAGS).encode())
    for source in sorted(SOURCES.glob("*.[ch]")):
        made.update(source.name.encode() + b"\0" + source.read_bytes())
    return made.hexdigest()[:16]


def cache() -> Path:
    """The folder of the builds from these sources."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "asyncwhy" / "recorder" / digest()


def folder_for(python: str) -> Path | None:
    """The folder with a recorder for that interpreter, built now if need be; None where there is none."""
    asked = _describe(python)
    if asked is None:
        return None
    suffix, include = asked
    own = cache()
    for folder in (own, SHIPPED):
        if (folder / f"{NAME}{suffix}").exists():
            return folder
    if (own / f"{NAME}{suffix}.failed").exists():
        return None
    return own if build(own, suffix, include) else None


def build(folder: Path, suffix: str, include: str) -> bool:
    """Compile into `folder`; whether that went well.  What the compiler said is kept beside it."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    if shutil.which(compiler[0]) is None or not (Path(include) / "Python.h").exists():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = Path(scratch) / "recorder.so"
            sources = sorted(map(str, SOURCES.glob("*.c")))
            command = [*compiler, *FLAGS, f"-I{include}", *sources, "-o", str(made)]
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=PATIENCE_S, check=False
            )
            if done.returncode == 0:
                made.replace(folder / f"{NAME}{suffix}")  # another run may build the same: either will do
            else:
                (folder / f"{NAME}{suffix}.failed").write_text(done.stderr, encoding="utf-8")
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _describe(python: str) -> tuple[str, str] | None:
    """(suffix of extension modules, folder of the headers) of an interpreter."""
    if python == sys.executable:
        return str(sysconfig.get_config_var("EXT_SUFFIX")), sysconfig.get_path("include")
    environment = {name: value for name, value in os.environ.items() if name != "ASYNCWHY_STREAM"}
    try:
        done = subprocess.run(
            [python, "-S", "-c", _ASKED],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.split("\n")
    return (lines[0], lines[1]) if done.returncode == 0 and len(lines) >= 2 else None


def interpreter_of(command: list[str]) -> str | None:
    """The interpreter that a command line starts: itself, or that of a script's first line."""
    found = shutil.which(command[0])
    if found is None or _is_python(found):
        return found
    try:
        with Path(found).open("rb") as file:
            first = file.readline(512)
    except OSError:
        return None
    words = os.fsdecode(first[2:]).split() if first.startswith(b"#!") else []
    if len(words) > 1 and Path(words[0]).name == "env":
        return shutil.which(words[1])
    return words[0] if words and _is_python(words[0]) else None


def _is_python(path: str) -> bool:
    return Path(path).name.startswith("python")
