"""What made a connection readable, where both its ends are in the program: what was written last, or its closing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from asyncwhy.analysis.traffic import CLOSED, PAIRED, READ, WROTE, local_causes
from asyncwhy.trace import schema

CLIENT, SERVER = 1, 2
#: Steps of one thread: each lasts 50 ms, at 0, 100, 200 ... ms.
STEPS = 8


def causes(*noted: tuple[int, int, int]) -> dict[int, tuple[int, float, bool]]:
    """For each step that read: the step that caused it, when, and whether by closing.  `noted` are (step, connection,
    what), in the middle of the step."""
    rows = [(0, SERVER, PAIRED, CLIENT, 1)]
    rows += [(int((step * 0.1 + 0.025) * 1e9), which, what, 0, 1) for step, which, what in noted]
    table = np.array(rows, dtype=schema.TABLES[132][1])
    start = np.arange(STEPS) * 0.1
    line = SimpleNamespace(
        process=SimpleNamespace(table=lambda _: table),
        start=start,
        end=start + 0.05,
        thread=np.ones(STEPS, np.int64),
        seconds=lambda ns: np.asarray(ns).astype(np.int64) / 1e9,
    )
    reading, causing, when, closed = local_causes(line)
    return {
        step: (cause, round(at, 3), end)
        for step, cause, at, end in zip(
            reading.tolist(), causing.tolist(), when.tolist(), closed.tolist(), strict=True
        )
    }


def test_a_read_is_caused_by_the_last_write_of_the_other_end() -> None:
    found = causes((1, CLIENT, WROTE), (2, SERVER, READ), (3, SERVER, WROTE), (4, CLIENT, READ))
    assert found == {2: (1, 0.125, False), 4: (3, 0.325, False)}


def test_the_end_of_a_connection_is_read_when_it_was_closed_and_not_when_something_was_written() -> None:
    found = causes((1, CLIENT, WROTE), (2, SERVER, READ), (5, CLIENT, CLOSED), (6, SERVER, READ))
    assert found == {2: (1, 0.125, False), 6: (5, 0.525, True)}


def test_what_was_read_before_anything_was_written_came_from_nowhere() -> None:
    assert causes((2, SERVER, READ), (3, CLIENT, WROTE)) == {}
