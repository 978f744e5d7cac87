"""Joins the parts of the Node agent into the one CommonJS file that programs load.

python scripts/node_agent.py: writes `src/asyncwhy/agents/node/agent.js` anew; `tests/test_node_agent.py` holds it to
its parts.  They share one function's scope, in this order, and each is a CommonJS body of its own for `node --check`.
"""

from __future__ import annotations

from pathlib import Path

NODE = Path(__file__).parent.parent / "src" / "asyncwhy" / "agents" / "node"
AGENT, PARTS = NODE / "agent.js", NODE / "parts"
ORDER = (
    "beginning",
    "rows",
    "sites",
    "steps",
    "profiler",
    "tasks",
    "connections",
    "promises",
    "callbacks",
    "calls",
    "lifetime",
)
HEAD = """\
'use strict';
/*
 * asyncwhy's agent for Node.js: loaded by NODE_OPTIONS=--require into every process and worker thread below
 * `asyncwhy run`.  It notes which async function ran when, what it awaited at which line, which built-in call
 * held the loop, and what went to libuv's pool; rows go to a file in the folder ASYNCWHY_STREAM names.
 *
 * The oath (docs/agent.md): no dependency, private copies of what it uses, nothing of the program changed, no
 * error of its own ever raised into it, bounded memory.  Rows are doubles; times are ns of CLOCK_MONOTONIC.
 * `probes/python_stream.py` knows the columns (RAW).
 *
 * Made by scripts/node_agent.py of the files in parts/: those are to be changed, not this one.
 */
(function asyncwhy() {
"""


def joined() -> str:
    """The agent, as its parts make it."""
    parts = []
    for name in ORDER:
        lines = (PARTS / f"{name}.js").read_text(encoding="utf-8").splitlines()
        parts.append("".join(f"  {line}".rstrip() + "\n" for line in lines))
    return HEAD + "\n".join(parts) + "})();\n"


if __name__ == "__main__":
    AGENT.write_text(joined(), encoding="utf-8")
