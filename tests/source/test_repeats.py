"""The loop whose turns pass through several lines."""

from __future__ import annotations

import pytest

from asyncwhy.source.python_module import Module
from asyncwhy.source.python_repeats import loop_around

TEXT = """\
def f(rows):
    before(rows)
    for row in rows:
        first(row)
        while more(row):
            second(row)
            third(row)
        for each in row:
            def inner():
                fourth(each)
                fifth(each)
            inner()
    after(rows)
"""

CASES = {
    "a test and its body": ((5, 6), 5),
    "two lines of the inner loop": ((6, 7), 5),
    "lines of both loops": ((4, 7), 3),
    "the header of the outer one": ((3, 4), 3),
    "outside of all": ((2, 13), None),
    "partly outside": ((2, 4), None),
    "a function that the loop only makes": ((10, 11), None),
    "one line": ((6,), 5),
}


@pytest.mark.parametrize("what", CASES)
def test_the_innermost_loop_around_all_lines(what: str) -> None:
    lines, loop = CASES[what]
    assert loop_around(Module("f.py", TEXT, tuple(TEXT.split("\n"))), lines) == loop
