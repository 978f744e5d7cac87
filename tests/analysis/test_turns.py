"""Who takes turns is seen by who lets whom go on: each one who had waited lets one go on; a signal does not."""

from __future__ import annotations

from asyncwhy.analysis.turns import Gate, Gates
from asyncwhy.model import Site
from tests.analysis.made_up import LATE_S, MadeUp
from tests.analysis.programs import _ns

QUEUE, HOLD = Site("/app/lock.js", 7, 5, "acquire"), Site("/app/save.js", 20, 5, "save")
SAVES = Site("/app/save.js", 18, 1, "save")
QUEUES, HOLDS = 50, 51
SETTLES_S = 2e-4  # how long steps are, and where in one the next task's promise settles


def taking_turns(count: int, at_once: int, released_by: int = 0) -> list[Gate]:
    """So many tasks, of which so many hold something for 50 ms at a time; who is done lets the next one go on, or
    another task does that never waited itself."""
    made = MadeUp(stacks={QUEUES: (QUEUE,), HOLDS: (HOLD,)})
    for number in range(1, count + 1):
        begun = 0.001 * number
        made.task(1, number, begun, by=(SAVES,))
        made.step(1, number, begun, begun + SETTLES_S)
        round_, place = divmod(number - 1, at_once)
        asked = begun + SETTLES_S
        came = _came(round_, place) if round_ else asked
        if round_:
            wait_on(made, number, QUEUES, asked, came)
            made.step(1, number, came, came + SETTLES_S, came - LATE_S)
        over = _came(round_ + 1, place) - LATE_S - SETTLES_S
        wait_on(made, number, HOLDS, came + (SETTLES_S if round_ else 0.0), over)
        if released_by:
            made.step(1, number, over - 0.002, over - 0.001, over - 0.002 - LATE_S)
        made.step(1, released_by or number, over, over + 2 * SETTLES_S, over - LATE_S)
    if released_by:
        made.task(1, released_by, 0.0)
    facts = made.facts()
    facts.process.meta["runtime"] = "node"
    return Gates(facts.line, facts.nodes, facts.origins.is_user).found()


def _came(round_: int, place: int) -> float:
    return 0.1 + (round_ - 1) * 0.06 + place * 0.005


def wait_on(made: MadeUp, task: int, stack: int, start: float, end: float) -> None:
    made.waits.append((_ns(start), end - start, end - LATE_S - start, task, stack, 1, 0, 1))


def test_a_lock_lets_one_go_on_at_a_time() -> None:
    (gate,) = taking_turns(6, 1)
    assert (gate.limit, len(gate.turns)) == (1, 5)


def test_a_limit_is_as_wide_as_the_holders_are_many() -> None:
    (gate,) = taking_turns(12, 3)
    assert (gate.limit, len(gate.turns)) == (3, 9)


def test_who_never_waits_gives_a_signal_and_no_turn() -> None:
    assert not taking_turns(6, 1, released_by=90)
