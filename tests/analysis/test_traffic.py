"""Which step made a socket of the same process readable: on made-up steps and rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from asyncwhy.analysis import timeline
from asyncwhy.analysis.traffic import CLOSED, MADE, PAIRED, READ, WROTE, local_causes
from asyncwhy.trace import schema
from asyncwhy.trace.reader import Process
from tests.analysis.programs import ORIGIN, _ns, _table

SERVER, CLIENT = 1, 2  # transports
STEP_S = 0.002


@dataclass
class Made:
    """Steps of one loop, 2 ms each, in the midst of which something is noted of a transport."""

    steps: list[float] = field(default_factory=list)
    rows: list[tuple[float, int, int, int]] = field(default_factory=list)
    idles: list[tuple[float, float]] = field(default_factory=list)
    closing: list[int] = field(default_factory=list)

    def step(self, at: float, transport: int, what: int, other: int = 0) -> int:
        self.steps.append(at)
        self.rows.append((at + STEP_S / 2, transport, what, other))
        return len(self.steps) - 1

    def causes(self) -> dict[int, tuple[int, float]]:
        process = Process(1, meta={"begun": ORIGIN, "ended": _ns(9.0)})
        _table(process, "steps", [(_ns(at), STEP_S, 0.0, schema.CALLBACK | 1, 1, 0) for at in self.steps])
        _table(process, "traffic", [(_ns(at), *row, 1) for at, *row in self.rows])
        _table(process, "idles", [(_ns(start), end - start, 1) for start, end in self.idles])
        steps, causing, when, closed = local_causes(timeline.build(process, ORIGIN))
        self.closing = steps[closed].tolist()
        told = zip(causing.tolist(), np.round(when, 6).tolist(), strict=True)
        return dict(zip(steps.tolist(), told, strict=True))


@pytest.fixture
def talk() -> Made:
    """A connection whose client has asked, and been answered."""
    made = Made()
    made.step(0.0, CLIENT, MADE, 1)
    made.step(0.01, SERVER, PAIRED, CLIENT)
    made.step(0.1, CLIENT, WROTE)
    made.step(0.2, SERVER, READ)
    made.step(0.3, SERVER, WROTE)
    return made


def test_what_was_written_since_the_read_before_is_the_cause(talk: Made) -> None:
    answered = talk.step(0.4, CLIENT, READ)
    assert talk.causes() == {3: (2, 0.101), answered: (4, 0.301)}


def test_the_end_of_a_connection_is_not_ready_since_the_last_request(talk: Made) -> None:
    talk.step(0.4, CLIENT, READ)
    talk.idles.append((0.41, 0.9))
    ended = talk.step(1.0, SERVER, READ)  # nobody wrote: the peer has closed, and it was not seen
    assert ended not in talk.causes()


def test_a_close_is_the_cause_of_the_end(talk: Made) -> None:
    talk.step(0.4, CLIENT, READ)
    closed = talk.step(0.9, CLIENT, CLOSED)
    ended = talk.step(1.0, SERVER, READ)
    assert talk.causes()[ended] == (closed, 0.901)
    assert talk.closing == [ended]


def test_what_a_read_leaves_is_read_after_it(talk: Made) -> None:
    first = talk.step(0.4, CLIENT, READ)
    rest = talk.step(0.45, CLIENT, READ)
    talk.idles.append((0.5, 0.9))
    assert talk.causes()[rest] == (first, 0.401)
