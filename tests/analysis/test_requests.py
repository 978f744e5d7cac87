"""Which tasks answer requests, on made-up facts."""

from __future__ import annotations

import pytest

from asyncwhy.analysis.traffic import PAIRED
from asyncwhy.causes.requests import asked_from_elsewhere, by_connection, hidden
from asyncwhy.model import Site
from tests.analysis.made_up import MadeUp
from tests.analysis.programs import ORIGIN

LIBRARY = "/x/site-packages/server/protocol.py"
SERVER = (Site(LIBRARY, 10, 1, "Protocol.answer"), Site(LIBRARY, 20, 1, "Protocol.data_received"))
TICKER = (Site("/srv/app.py", 30, 1, "tick"), Site("/srv/app.py", 31, 1, "on_timer"))
GATHER = (Site("/srv/app.py", 40, 1, "dashboard"),)
MAIN, REQUEST, PART, BESIDE, TIMED = 1, 2, 3, 4, 5


@pytest.fixture
def made() -> MadeUp:
    """A request that gathers, what the main task gathers, and a task that a timer made."""
    made = MadeUp()
    made.task(1, MAIN, 0.0, by=GATHER)
    made.task(1, REQUEST, 0.01, by=SERVER)
    made.task(1, PART, 0.02, REQUEST, by=GATHER)
    made.task(1, BESIDE, 0.03, MAIN, by=GATHER)
    made.task(1, TIMED, 0.04, by=TICKER)
    made.step(1, MAIN, 0.1, 0.2)
    return made


def test_a_request_is_what_a_connection_made(made: MadeUp) -> None:
    facts = made.facts()
    asked = [task.number for task in facts.line.tasks.values() if by_connection(facts, task)]
    assert asked == [REQUEST]


@pytest.mark.parametrize("seen", [False, True])
def test_a_loop_whose_reads_are_not_seen_hides_who_waits(made: MadeUp, seen: bool) -> None:
    if seen:
        made.read(1, 0.005)
    assert hidden(made.facts()) == (frozenset() if seen else {1})


@pytest.mark.parametrize("paired", [False, True])
def test_a_peer_elsewhere_waits_for_what_nobody_knows(made: MadeUp, paired: bool) -> None:
    made.read(1, 0.005)
    if paired:
        made.traffic.append((ORIGIN, 1, PAIRED, 2, 1))
    assert asked_from_elsewhere(made.facts()) is not paired
