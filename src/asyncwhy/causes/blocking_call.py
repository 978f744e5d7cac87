"""`blocking-call`: a call waits off the CPU while it holds the loop."""

from __future__ import annotations

from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.hotlines import blocked
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.seconds import seconds, several, times

SLUG = "blocking-call"


def find(run: Run) -> list[Draft]:
    """Holds with little thread CPU, by the user's innermost line."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        pieces = holding.long_enough(facts, holding.on_loops(facts, (Kind.BLOCKED,)))
        made.extend(holding.drafts(run, facts, SLUG, blocked(facts, pieces), words, computes=False))
    return made


def words(held: Held) -> Words:
    """What is said of a call that stops the loop."""
    lost = sum(held.lengths)
    through = f", in its `{held.known.through}`" if held.known.through else ""
    inside = ""
    if held.library and held.library_is_async:
        inside = f": `{held.library}` is async in name and blocks beneath"
    return Words(
        headline=f"`{held.call}` stops the event loop{held.whose}",
        label=f"the loop was stopped {several(held.lengths)}",
        message=(
            f"`{held.call}` {held.verb} while it holds the event loop: it was stopped {times(len(held.lengths))}, "
            f"{seconds(lost)} in all{through}{inside}."
        ),
    )
