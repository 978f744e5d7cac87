"""Lets the Node agent into every Node process of a run, through NODE_OPTIONS; finds and asks a `node`.

The agent is one CommonJS file that `--require` loads before the program's own, in worker threads and child
processes as well.  `probes/python.py` starts the command: a run may have processes of both kinds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from asyncwhy.errors import ProgramNotFound, ProgramNotRunnable

AGENT = Path(__file__).parent.parent / "agents" / "node" / "agent.js"
#: `v8.promiseHooks`, which the agent is built on, is of 17.1; older lines have had no repairs since 2023.
OLDEST = 18
#: Files that `asyncwhy run FILE` gives to node.
ENDINGS = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts")


def prepare(variables: dict[str, str]) -> None:
    """Add the agent to the environment of a command; options that were there stay."""
    path = str(AGENT).replace("\\", "\\\\").replace('"', '\\"')
    old = variables.get("NODE_OPTIONS", "")
    variables["NODE_OPTIONS"] = f'{old} --require "{path}"'.strip()


def find() -> str:
    """The `node` on the path, if it can be observed."""
    found = shutil.which("node")
    if found is None:
        raise ProgramNotFound("there is no node on the PATH")
    return check(found)


def check(node: str) -> str:
    """The interpreter again; raises `ProgramNotRunnable` where it is too old."""
    variables = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    try:
        done = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=30, check=False, env=variables
        )
    except OSError as error:
        raise ProgramNotRunnable(f"{node} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ProgramNotRunnable(f"{node} does not answer") from None
    major = done.stdout.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST:
        told = done.stdout.strip() or "no Node"
        raise ProgramNotRunnable(f"asyncwhy observes Node.js {OLDEST} or later; {node} is {told}")
    return node
