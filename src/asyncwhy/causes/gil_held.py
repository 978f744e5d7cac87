"""`gil-held`: one native call keeps the GIL; no thread can help, only a process."""

from __future__ import annotations

from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.hotlines import blocked
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.seconds import seconds, several, times
from asyncwhy.model import Remedy, Safety

SLUG = "gil-held"


def find(run: Run) -> list[Draft]:
    """Holds during which the sampler could not run, by the line of the native call."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        pieces = holding.long_enough(facts, holding.on_loops(facts, (Kind.GIL,)))
        made.extend(holding.drafts(run, facts, SLUG, blocked(facts, pieces), _words, True, _remedies))
    return made


def _words(held: Held) -> Words:
    return Words(
        headline=f"`{held.call}` keeps the interpreter lock",
        label=f"no thread of this process could run for {several(held.lengths)}",
        message=(
            f"`{held.call}` is one native call that keeps the GIL: {times(len(held.lengths))}, "
            f"{seconds(sum(held.lengths))} in all, during which neither the event loop nor any thread of this "
            "process could run Python code."
        ),
    )


def _remedies(held: Held) -> tuple[Remedy, ...]:
    return (
        Remedy(
            f"run `{held.call}` in a process: a thread would keep the loop waiting just as long "
            "(loop.run_in_executor with a ProcessPoolExecutor made once)",
            Safety.SKETCH,
        ),
    )
