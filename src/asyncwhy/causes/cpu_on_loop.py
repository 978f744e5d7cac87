"""`cpu-on-loop`: computing on the loop."""

from __future__ import annotations

from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.hotlines import computed
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.seconds import seconds, several, times

SLUG = "cpu-on-loop"


def find(run: Run) -> list[Draft]:
    """Holds with thread CPU near wall, by the deepest line that explains them."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        pieces = holding.long_enough(facts, holding.on_loops(facts, (Kind.BUSY, Kind.GIL)))
        groups = [
            group for group in computed(facts, pieces, run.source.loop_around) if not group.mostly(Kind.GIL)
        ]
        made.extend(holding.drafts(run, facts, SLUG, groups, _words, computes=True))
    return made


def _words(held: Held) -> Words:
    return Words(
        headline=f"`{held.call}` computes on the event loop",
        label=f"the loop was stopped {several(held.lengths)}, computing{held.where}",
        message=(
            f"`{held.call}` computes{held.where} while it holds the event loop: it was stopped {times(len(held.lengths))}, "
            f"{seconds(sum(held.lengths))} in all, nearly all of it on the CPU."
        ),
    )
