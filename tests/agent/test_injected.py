"""Whatever the agent asks of the system fails, from the first time or from a later one on: the program goes on.

`test_faults.py` breaks the agent's own functions; here it is the clock, memory, files and threads that it is refused.
What a refusal costs stands in the report.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from asyncwhy.probes.python import INJECT
from tests.agent.injected_programs import NEEDS, REACHES
from tests.agent.test_faults import HOOKS, OUTPUT, agent_with, observe_with
from tests.observing import OWN, require

#: What is refused, and how.  The monotonic clock is read without a guard, since the kernel does not refuse it.
REFUSED = {
    "open_file": "OSError(24, 'Too many open files')",
    "write_file": "OSError(28, 'No space left on device')",
    "close_file": "OSError(5, 'Input/output error')",
    "open_status": "OSError(5, 'Input/output error')",
    "read_file": "OSError(5, 'Input/output error')",
    "list_folder": "PermissionError(13, 'Permission denied')",
    "status_of": "FileNotFoundError(2, 'No such file or directory')",
    "start_thread": 'RuntimeError("can\'t start new thread")',
    "new_lock": 'RuntimeError("can\'t allocate lock")',
    "thread_cpu": "OSError(22, 'Invalid argument')",
    "cpu_clock_of": "OSError(3, 'No such process')",
    "clock_gettime_ns": "OSError(22, 'Invalid argument')",
    "wall_clock": "OSError(22, 'Invalid argument')",
    "native_id": "OSError(38, 'Function not implemented')",
    "times": "OSError(5, 'Input/output error')",
    "current_frames": "MemoryError()",
    "get_frame": "MemoryError()",
    "array": "MemoryError()",
    "crc32": "MemoryError()",
    "weak": "MemoryError()",
    "referents": "MemoryError()",
    "limit_of": "OSError(22, 'Invalid argument')",
}
#: What is used for nothing that a report could lack: the wait for the sampler's end, the twins that are kept.
COSTS_NOTHING = {"list_folder", "status_of"}
#: What the C recorder reads itself: refused where it is not there.
READ_IN_C = {"read_file"}
REFUSES = """
from . import primitives
real, calls = primitives.%(name)s, 0
def refuse(*given, **named):
    global calls
    calls += 1
    if calls > %(after)d:
        with open(%(mark)r, "a"):
            pass
        raise %(error)s
    return real(*given, **named)
primitives.%(name)s = refuse
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 7])
@pytest.mark.parametrize("name", REFUSED)
def test_the_system_refuses(name: str, after: int, tmp_path: Path, pythons: dict[str, Path]) -> None:
    mark = tmp_path / "mark"
    text = REFUSES % {"name": name, "after": after, "error": REFUSED[name], "mark": str(mark)}
    python = require(pythons, OWN)
    done, report = observe_with(agent_with(tmp_path, text), python, tmp_path, pure=name in READ_IN_C)
    assert done.stdout == OUTPUT
    assert "_asyncwhy" not in done.stderr
    assert done.returncode == 0
    assert report
    if mark.exists() and name not in COSTS_NOTHING:
        assert tells(report)


def tells(report: dict[str, Any]) -> bool:
    """Whether it says that something is missing."""
    unseen = report["unseen"]
    return bool(unseen["notes"] or unseen["dropped_events"] or report["verdict"] == "unknown")


def guarded() -> list[tuple[str, str, str]]:
    """(module, class, method) of all that the agent guards and `HOOKS` does not have."""
    found = set()
    for path in sorted((INJECT / "_asyncwhy_agent").glob("*.py")):
        for kind in ast.parse(path.read_text()).body:
            if not isinstance(kind, ast.ClassDef):
                continue
            own = {node.name for node in kind.body if isinstance(node, ast.FunctionDef)}
            for node in ast.walk(kind):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("guard", "harmless")):
                    name = ast.unparse(node.args[0]).removeprefix("self.")
                    found |= {(path.stem, kind.name, name)} if name in own else set()
    return sorted(found - set(HOOKS))


NO_MEMORY = """
def %(name)s(*_, **__):
    with open(%(mark)r, "a"):
        pass
    raise MemoryError("injected")
from . import %(module)s
%(module)s.%(owner)s.%(name)s = %(name)s
"""


@pytest.mark.slow
@pytest.mark.parametrize(("module", "owner", "name"), guarded(), ids=lambda part: part)
def test_no_memory_in_a_guarded_function(
    module: str, owner: str, name: str, tmp_path: Path, pythons: dict[str, Path]
) -> None:
    mark = tmp_path / "mark"
    text = NO_MEMORY % {"module": module, "owner": owner, "name": name, "mark": str(mark)}
    python = require(pythons, OWN, *NEEDS.get(name, NEEDS.get(module, ())))
    program = REACHES.get(name) or REACHES[module]
    done, report = observe_with(agent_with(tmp_path, text), python, tmp_path, program)
    assert mark.exists(), "the program does not come to it"
    assert done.stderr == ""
    assert done.stdout == "end\n"
    assert done.returncode == 0
    assert tells(report)
