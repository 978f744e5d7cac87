"""The interpreters that can be observed: found, asked for their version, refused if too old."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.machinery import PathFinder

from asyncwhy.errors import ProgramNotFound, ProgramNotRunnable

OLDEST = (3, 9)
_ASKED = """
import sys
print("asyncwhy asks")
print(sys.implementation.name, *sys.version_info[:3])
if len(sys.argv) > 1:
    from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
    finders = (BuiltinImporter, FrozenImporter, PathFinder)
    path = ["."] + sys.path
    print(any(f.find_spec(sys.argv[1], path if f is PathFinder else None) for f in finders))
"""


def find(path: str) -> str:
    """The interpreter that a path, a venv's folder or a name means."""
    if os.path.isdir(path):
        inside = os.path.join(path, "bin", "python")
        if os.path.exists(inside):
            return inside
        raise ProgramNotFound(f"there is no bin/python in {path}")
    found = path if os.path.exists(path) else shutil.which(path)
    if found is None:
        raise ProgramNotFound(f"there is no interpreter {path}")
    return found


def check(python: str, module: str | None = None) -> str:
    """The interpreter again, if it can be observed and, where one is named, finds the module.

    Raises `ProgramNotRunnable` where it is too old or no CPython, `ProgramNotFound` for the module.
    """
    top = module.partition(".")[0] if module else None
    if python == sys.executable:
        found = top is None or PathFinder.find_spec(top, [os.getcwd(), *sys.path]) is not None
        found = found or top in sys.builtin_module_names
    else:
        found = _asked(python, top)
    if not found:
        raise ProgramNotFound(f"there is no module {module} for {python}")
    return python


def _asked(python: str, top: str | None) -> bool:
    command = [python, "-c", _ASKED, *([top] if top else [])]
    environment = {name: value for name, value in os.environ.items() if name != "ASYNCWHY_STREAM"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=False, env=environment
        )
    except OSError as error:
        raise ProgramNotRunnable(f"{python} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ProgramNotRunnable(f"{python} does not answer") from None
    words = done.stdout.partition("asyncwhy asks\n")[2].split()  # a sitecustomize may have printed before
    if len(words) < 4 or not all(word.isdigit() for word in words[1:4]):
        raise ProgramNotRunnable(f"{python} does not answer like a Python 3 interpreter")
    version = tuple(int(word) for word in words[1:4])
    if words[0] != "cpython" or version < OLDEST:
        told = ".".join(words[1:4])
        raise ProgramNotRunnable(f"asyncwhy observes CPython 3.9 or later; {python} is {words[0]} {told}")
    return top is None or words[4:5] != ["False"]
