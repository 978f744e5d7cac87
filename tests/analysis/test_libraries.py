"""Which libraries a run used, and which of its threads ran the user's code: what was only imported did neither."""

from __future__ import annotations

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes.libraries import used
from asyncwhy.model import Site
from tests.analysis.made_up import MadeUp

OWN = Site("/home/app.py", 3, 1, "main")
SERVES = Site("/venv/lib/site-packages/aiohttp/web.py", 9, 1, "run")
LOADS = Site("/venv/lib/site-packages/trio/_core/_run.py", 9, 1, "<module>")
IMPORTS = Site("<frozen importlib._bootstrap>", 1, 1, "_find_and_load")


def facts(*stacks: tuple[Site, ...]) -> ProcessFacts:
    made = MadeUp()
    made.task(1, 1, 0.0, by=(OWN,))
    made.step(1, 1, 0.1, 0.2)
    made.stacks.update({500 + number: stack for number, stack in enumerate(stacks)})
    found = made.facts()
    found.process.meta["frameworks"] = ["aiohttp", "starlette", "trio"]
    return found


def test_what_ran_was_used() -> None:
    assert used(facts((SERVES, OWN))) == {"aiohttp"}


def test_what_was_imported_was_not() -> None:
    assert used(facts((LOADS, IMPORTS, SERVES))) == set()
