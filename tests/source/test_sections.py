"""What a line takes, and the lines for which it is then held."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from asyncwhy.source import PythonSource

PROGRAM = """
import contextlib
import queue
import threading

guard = threading.RLock()
pool = queue.Queue(3)


def with_a_lock():
    with guard:
        one()
        two()


def by_hand():
    guard.acquire()
    try:
        one()
    finally:
        guard.release()


def from_a_pool():
    thing = pool.get()
    one(thing)
    pool.put(thing)


def for_whoever_calls():
    guard.acquire()
    return guard


def takes_and_keeps():
    return pool.get()


def on_one_line():
    with guard: one()


def of_a_call():
    with connect() as connection:
        one(connection)
"""

#: Function, its line that takes -> how, name, first and last line held, all counted from the `def`.
HELD = {
    "with_a_lock": (1, ("with", "guard", 2, 3)),
    "by_hand": (1, ("acquire", "guard", 2, 5)),
    "from_a_pool": (1, ("get", "pool", 2, 3)),
    "for_whoever_calls": (1, None),
    "takes_and_keeps": (1, None),
    "on_one_line": (1, None),
    "of_a_call": (1, ("with", "connect", 2, 2)),
}


@pytest.mark.parametrize("name", HELD)
def test_lines_for_which_something_is_held(tmp_path: Path, name: str) -> None:
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(PROGRAM))
    begins = path.read_text().splitlines().index(f"def {name}():") + 1
    offset, wanted = HELD[name]
    found = PythonSource().section_at(str(path), begins + offset)
    seen = found and (found.how, found.name, found.line - begins, found.end_line - begins)
    assert seen == wanted


def test_it_is_said_what_is_taken_and_where_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(PROGRAM))
    line = path.read_text().splitlines().index("    with guard:") + 1
    found = PythonSource().section_at(str(path), line)
    assert found is not None
    assert found.made is not None
    assert (found.kind, found.made.qualified) == ("threading.RLock", "threading.RLock")
    assert found.made.line == path.read_text().splitlines().index("guard = threading.RLock()") + 1
