"""`cpu-on-loop`: computing on the loop."""

from __future__ import annotations

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.hotlines import Group, computed
from asyncwhy.causes import blocking_call, holding
from asyncwhy.causes.busy_wait import SLUG as BUSY_WAIT
from asyncwhy.causes.busy_wait import SPINNING, spinning
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.innermost import WAITS, waits_in
from asyncwhy.causes.seconds import seconds, several, times

SLUG = "cpu-on-loop"


def find(run: Run) -> list[Draft]:
    """Holds with thread CPU near wall, by the deepest line that explains them."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        pieces = holding.long_enough(facts, holding.on_loops(facts, (Kind.BUSY, Kind.GIL)))
        computing: list[Group] = []
        waiting: list[Group] = []
        for group in computed(facts, pieces, run.reading):
            if group.mostly(Kind.GIL):
                continue
            poll = run.source.spin_at(group.site.file, group.site.line)
            if poll is not None:
                made.extend(
                    holding.drafts(
                        run,
                        facts,
                        BUSY_WAIT,
                        [group],
                        spinning(poll),
                        computes=True,
                        remedies=lambda _: SPINNING,
                    )
                )
            else:
                (waiting if _waits(run, facts, group) else computing).append(group)
        made.extend(holding.drafts(run, facts, SLUG, computing, _words, computes=True))
        made.extend(
            holding.drafts(run, facts, blocking_call.SLUG, waiting, blocking_call.words, computes=True)
        )
    return made


def _waits(run: Run, facts: ProcessFacts, group: Group) -> bool:
    """Whether the named line itself makes a call that is there to wait, or what is beneath it does for most of the
    time."""
    if group.loop is not None:
        return False
    if waits_in(run, facts, group) is not None:
        return True
    if group.index:
        innermost = run.catalog.frame(group.stack[0].file, group.stack[0].function)
        return innermost is not None and innermost.kind in WAITS
    return holding.describe(run, facts, group, []).operation in WAITS


def _words(held: Held) -> Words:
    return Words(
        headline=f"`{held.call}` computes on the event loop",
        label=f"the loop was stopped {several(held.lengths)}, computing{held.where}",
        message=(
            f"`{held.call}` computes{held.where} while it holds the event loop: it was stopped {times(len(held.lengths))}, "
            f"{seconds(sum(held.lengths))} in all, nearly all of it on the CPU."
        ),
    )
