"""Places are what a traceback shows; names are written once; tables are bounded."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import FrameType

import pytest
from _asyncwhy_agent import interning
from _asyncwhy_agent.interning import Interner, position

from tests.agent.twice import environment

ASKED = """
import sys, traceback
sys.path.append(sys.argv[1])
from _asyncwhy_agent.interning import position

def fails(values):
    return [
        value
        for value in values
        if 1 /
        value
    ]

def long(x):
    y = (x
         +
         1)
{}
    return y / 0

for call in (lambda: fails([1, 0]), lambda: long(1)):
    try:
        call()
    except ZeroDivisionError as error:
        trace = error.__traceback__
        while trace is not None:
            print(position(trace.tb_frame.f_code, trace.tb_lasti)[0] == trace.tb_lineno, trace.tb_lineno)
            trace = trace.tb_next
""".format("    x = 1\n" * 300)


def test_the_line_is_the_traceback_s(observed_python: Path, tmp_path: Path) -> None:
    import subprocess

    from asyncwhy.probes.python import INJECT

    program = tmp_path / "lines.py"
    program.write_text(ASKED)
    done = subprocess.run(
        [str(observed_python), str(program), str(INJECT)], capture_output=True, text=True, env=environment()
    )
    lines = done.stdout.splitlines()
    assert done.stderr == ""
    assert len(lines) >= 5
    assert {line.split()[0] for line in lines} == {"True"}


def test_columns_count_from_one() -> None:
    try:
        value = 0
        print(1 + 1 / value)
    except ZeroDivisionError as error:
        trace = error.__traceback__
    assert trace is not None
    (summary,) = traceback.extract_tb(trace)
    found = position(trace.tb_frame.f_code, trace.tb_lasti)
    assert summary.colno is not None
    assert summary.end_colno is not None
    assert found == (summary.lineno, summary.colno + 1, summary.end_lineno, summary.end_colno + 1)


def test_a_definition_is_its_first_line() -> None:
    code = test_columns_count_from_one.__code__
    assert position(code, -1) == (code.co_firstlineno, 0, 0, 0)


def test_each_is_written_once() -> None:
    interner = Interner()
    frame: FrameType = sys._getframe()
    first, second = interner.stack(frame), interner.string("a name")
    strings, sites, stacks = interner.take()
    assert first == int(stacks[0])
    assert (second, "a name") in strings
    assert len(sites) % 8 == 0
    assert interner.string("a name") == second
    assert interner.take() == ([], [], [])


def test_the_agent_s_own_frames_and_those_below_the_loop_are_left_out() -> None:
    interner = Interner()

    def hook() -> int:
        return interner.stack(sys._getframe())

    def library() -> int:
        return hook()

    def machinery() -> int:
        return library()

    interner.hidden.add(id(hook.__code__))
    interner.ends.add(id(machinery.__code__))
    number = machinery()
    _, sites, stacks = interner.take()
    assert stacks == [number, 1, sites[0]]


def test_what_comes_after_the_bound_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interning, "MOST", 3)
    interner = Interner()
    numbers = [interner.string(str(n)) for n in range(5)]
    assert numbers[3:] == [0, 0]
    assert interner.refused == 2
    assert interner.string("1") == numbers[1]
