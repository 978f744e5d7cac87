"""The timeouts that a hold caused, in words: who gave up, of an answer that had come."""

from __future__ import annotations

from collections import defaultdict

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.timeline import Floats
from asyncwhy.analysis.timeouts import TimedOut, timed_out
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Related, Site

#: So many lines that gave up are named.
MOST = 3


def gave_up(facts: ProcessFacts, thread: int, spans: Floats) -> tuple[Related, ...]:
    """The user's lines whose timeouts came due while the loop was held, those that did so most often first."""
    lines: dict[Site, list[TimedOut]] = defaultdict(list)
    for one in timed_out(facts.line, facts.standing, thread, spans):
        site = facts.origins.user_site(facts.sent_stack(one.stack, one.task))
        if site is not None and facts.origins.is_user(site):
            lines[site].append(one)
    ranked = sorted(lines.items(), key=lambda item: -len(item[1]))
    return tuple(Related("timed out", site, _note(facts, own)) for site, own in ranked[:MOST])


def _note(facts: ProcessFacts, own: list[TimedOut]) -> str:
    first = own[0]
    more = f" ({len(own)} times)" if len(own) > 1 else ""
    late, begun = seconds(first.ran - first.due), facts.line.begun
    if first.came is None:
        return f"its time was up while the loop stood still, which noticed it {late} later{more}"
    if first.came > first.due:
        return f"its answer lay there when the loop looked again, {late} after its time was up{more}"
    return (
        f"the peer answered at {seconds(first.came - begun)}, its time was up at {seconds(first.due - begun)}, the "
        f"program read it at {seconds(first.ran - begun)}, {seconds(first.ran - first.came)} later{more}"
    )
