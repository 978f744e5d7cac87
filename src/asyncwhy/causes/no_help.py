"""Fixes that suggest themselves and would gain nothing: told beforehand, with what would then be the limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.contention import GET, SHORT_S
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lookup import union
from asyncwhy.causes.draft import Draft, Priced, Run
from asyncwhy.causes.queueing import SMALL, user_line
from asyncwhy.causes.requests import asked_from_elsewhere
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.waiting import critical_part, line_of
from asyncwhy.causes.worth import LEAST_S, LEAST_SHARE

#: What suggests itself has lost this much time, and this share of the run: else nobody would think of it.
TEMPTING_S = 0.05
TEMPTING = 0.10
#: The replay is asked about so many, the dearest first.
MOST = 3
#: Consumers that waited for this share of the channel's life were not what it depended on.
IDLE = 0.25
#: So many items at least, of which at most this share lay there for a while.
FEWEST, LATE = 5, 0.1

#: The fix that suggests itself, by cause.
_FIXES = {
    "await-in-loop": "Awaiting the turns of {line} together",
    "sequential-awaits": "Awaiting {line} and what follows it together",
    "concurrency-limit": "A higher limit ({line})",
    "serialised-by-lock": "Doing without the lock that is held in {line}",
    "serial-dispatch": "A task for each message ({line})",
    "pool-saturated": "More workers for what {line} sends",
}


def sentences(run: Run, priced: Sequence[Priced], kept: Sequence[Priced]) -> tuple[str, ...]:
    """What would not help."""
    if run.facts.endless:
        return ()
    least = max(LEAST_S, LEAST_SHARE * run.facts.wall_s)
    tempting = max(TEMPTING_S, TEMPTING * run.facts.wall_s)
    vain = [
        one.draft
        for one in priced
        if one not in kept
        and one.draft.cause in _FIXES
        and one.draft.change is not None
        and not asked_from_elsewhere(one.draft.facts)  # else the replay does not know who waited for what
        and len(one.draft.facts.nodes.start) <= SMALL
        and one.gain_s is not None
        and one.gain_s < least
        and (one.draft.cost_s or 0.0) >= tempting
        and not _held_for(one.draft, kept)
    ]
    made = dict.fromkeys(_vain(run, draft, kept, least) for draft in vain[:MOST])
    return (*made, *(text for facts in run.facts.processes for text in _producers(run, facts, tempting)))


def _held_for(draft: Draft, kept: Sequence[Priced]) -> bool:
    """Whether a loop may have stood still for what a pool's workers did: the replay leaves such a call its length."""
    return draft.cause == "pool-saturated" and any(
        one.draft.cause == "blocking-call" and one.draft.facts is draft.facts for one in kept
    )


def _vain(run: Run, draft: Draft, kept: Sequence[Priced], least: float) -> str:
    facts = draft.facts
    fix = _FIXES[draft.cause].format(line=line_of(run, draft.site))
    others = [one.draft for one in kept if one.draft.facts is facts and one.draft.change is not None]
    for other in others:
        change = other.change or Change()
        alone = facts.replayed(change).last
        both = facts.replayed(change.plus(draft.change or Change())).last
        if alone - both >= least:
            return (
                f"{fix} alone would gain nothing: {line_of(run, other.site)} would then be the limit "
                f"({other.cause}). Both together: {seconds(_took(run, facts, both))}."
            )
    part = critical_part(run, facts)
    why = f": {part}, and that would stay" if part else ": other work takes as long"
    return f"{fix} would gain nothing{why}."


def _took(run: Run, facts: ProcessFacts, last: float) -> float:
    return run.facts.wall_s - max(facts.baseline.last - last, 0.0)


def _producers(run: Run, facts: ProcessFacts, least: float) -> Iterator[str]:
    """Channels whose several consumers waited for items: more of them would wait as well."""
    known = facts.contention
    waits: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for one in known.queued:
        if one.what == GET and not known.primitives[one.primitive].is_pool:
            waits[one.primitive][one.task] += one.seconds
            spans[one.primitive].append((one.asked, one.until))
    for number, by_task in waits.items():
        takes = [take for take in known.takes if take.primitive == number]
        late = sum(take.seconds > SHORT_S for take in takes)
        items = max(len(takes), len(spans[number]))
        if len(by_task) < 2 or items < FEWEST or late > LATE * items:
            continue
        ends = [end for _, end in spans[number]]
        life = max(ends) - min(start for start, _ in spans[number])
        idle = sum(by_task.values()) / len(by_task)
        site = user_line(facts, facts.stack(known.primitives[number].stack))
        if site is not None and life >= least and idle >= IDLE * life:
            covered = union(np.array(spans[number]))
            yield (
                f"More consumers of the channel of {line_of(run, site)} would gain nothing: at least one of its "
                f"{len(by_task)} waited for an item for {seconds(covered)} of {seconds(life)}. Its producer is the limit."
            )
