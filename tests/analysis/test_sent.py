"""Whose doing a library's task is: the user's line at which its maker waited, where none is on the maker's stack."""

from __future__ import annotations

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes.hops import _asking
from asyncwhy.model import Site
from tests.analysis.made_up import MadeUp
from tests.analysis.programs import _ns

STARTS = Site("/home/app.py", 30, 1, "main")
COMMITS = Site("/home/app.py", 12, 1, "order")
DRIVER = Site("/venv/lib/site-packages/driver/core.py", 5, 1, "execute")
SHIELD = Site("/venv/lib/site-packages/orm/session.py", 9, 1, "commit")
WAITS, ASKS = 900, 901  # the stacks of the two waits


def facts(maker_waits: bool) -> ProcessFacts:
    """A task of the user's in which a library makes one, out of sight of the user's line, that asks a driver."""
    made = MadeUp()
    made.stacks.update({WAITS: (SHIELD, COMMITS), ASKS: (DRIVER, SHIELD)})
    made.task(1, 1, 0.0, by=(STARTS,))
    made.task(1, 2, 0.15, parent=1, by=(SHIELD,))
    made.step(1, 1, 0.1, 0.2)
    made.step(1, 2, 0.21, 0.22)
    made.waits.append((_ns(0.22), 0.2, 0.2, 2, ASKS, 1, 0, 1))
    if maker_waits:
        made.waits.append((_ns(0.2), 0.3, 0.3, 1, WAITS, 1, 2, 1))
    made.step(1, 2, 0.42, 0.43)
    made.step(1, 1, 0.5, 0.6)
    return made.facts()


def test_it_is_the_line_at_which_the_maker_waited() -> None:
    known = facts(maker_waits=True)
    task = known.task_of(2)
    assert task is not None
    assert known.origins.user_site(known.made_stack(task)) == COMMITS
    assert [stack[0] for stack in _asking(known, {2}, "driver")] == [COMMITS]


def test_where_that_is_not_known_it_is_who_made_the_maker() -> None:
    known = facts(maker_waits=False)
    task = known.task_of(2)
    assert task is not None
    assert known.origins.user_site(known.made_stack(task)) == STARTS
