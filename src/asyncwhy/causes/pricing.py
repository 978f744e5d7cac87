"""What every finding costs and what its removal saves, alone and with all others: by the replay."""

from __future__ import annotations

from functools import reduce

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.replay import Replay
from asyncwhy.causes.draft import Draft, Priced
from asyncwhy.causes.paces import Paces
from asyncwhy.causes.queueing import SMALL
from asyncwhy.causes.worth import costly

#: Replays are made for so many findings, the dearest first; together they still show what all would save.
REPLAYED = 12
#: A run that took longer than its unchanged replay by more than this was kept up by what no fix removes.
FURTHEST = 1.1


def price(facts: Facts, drafts: list[Draft], paces: Paces, least_s: float) -> list[Priced]:
    """The drafts with what the run would save without each, the dearest first.

    What one line does in several pools or for several locks is one finding in the end, and has one price.
    """
    ranked = sorted(drafts, key=lambda draft: -(draft.cost_s or 0.0))
    made = [Priced(draft, draft.saved_s) for draft in ranked]
    replayed: set[int] = set()
    for place, own in enumerate(_by_line(facts, made, least_s)):
        if place >= REPLAYED:
            break
        draft = own[0].draft
        change = reduce(Change.plus, [one.draft.change for one in own if one.draft.change is not None])
        replay, index = draft.facts.replayed(change), draft.facts.process.index
        own[0].replay = None if index in replayed or len(own) > 1 else replay
        replayed.add(index)
        pace, gain = paces.without(draft.facts, replay), _gain([one.draft for one in own], replay)
        for one in own:
            one.pace = pace
            if not facts.endless:  # the end of one that was stopped says nothing
                one.gain_s = gain
                _price_threads(facts, one.draft)
    return made


def _by_line(facts: Facts, priced: list[Priced], least_s: float) -> list[list[Priced]]:
    """Those that are worth a replay, by cause and line, in order of the dearest of each."""
    groups: dict[tuple[int, str, str, int], list[Priced]] = {}
    for one in priced:
        draft = one.draft
        if draft.change is not None and costly(draft, facts.wall_s, least_s):
            key = (draft.facts.process.index, draft.cause, draft.site.file, draft.site.line)
            groups.setdefault(key, []).append(one)
    return list(groups.values())


def _gain(drafts: list[Draft], replay: Replay) -> float:
    """What the run saves, or those concerned; never more than it cost, whatever turns of timers come to lie where."""
    gain = max(_saved(drafts[0].facts, replay), *(draft.spared_s for draft in drafts))
    costs = [draft.cost_s for draft in drafts if draft.cost_s is not None]
    return min(gain, sum(costs)) if len(costs) == len(drafts) else gain


def _price_threads(facts: Facts, draft: Draft) -> None:
    if draft.change is not None and _computes(draft.change) and len(draft.facts.nodes.start) <= SMALL:
        saved = _saved(draft.facts, _in_threads(draft))
        draft.in_threads = (max(facts.wall_s - saved, 0.0), saved)


def _saved(process: ProcessFacts, changed: Replay) -> float:
    """The share that the replay saves of its own unchanged run, of the run as it was: what the replay leaves out
    (a loop's own pace between steps) goes with what is left of it."""
    before = process.baseline.last - process.begun
    if before <= 0:
        return 0.0
    real = min(max((process.measured.last - process.begun) / before, 1.0), FURTHEST)
    return max(process.baseline.last - changed.last, 0.0) * real


def _computes(change: Change) -> bool:
    return any(cut.computes for cuts in change.cuts.values() for cut in cuts)


def _in_threads(draft: Draft) -> Replay:
    """What comes of moving a computation to threads: where there is a GIL, and it is kept, they share one core."""
    free = draft.known.releases_gil or draft.facts.process.meta.get("gil") is False
    return draft.facts.replayed(draft.change, None if free else 1)


def together(facts: Facts, kept: list[Priced]) -> dict[int, Replay]:
    """The replay of each process with every finding's fix at once."""
    made = {}
    for process in facts.processes:
        own = [one for one in kept if one.draft.facts is process and one.draft.change is not None]
        changes = [one.draft.change for one in own if one.draft.change is not None]
        if changes:
            alone = own[0].replay if len(own) == 1 else None  # the same once more
            made[process.process.index] = alone or process.replayed(reduce(Change.plus, changes))
    return made


def possible(facts: Facts, kept: list[Priced], together: dict[int, Replay]) -> float:
    """The duration of the run with every fix: no longer than with any of them; of one that never ends by itself,
    its own."""
    if facts.endless:
        return facts.wall_s
    by_index = {process.process.index: process for process in facts.processes}
    saved = max((_saved(by_index[index], replay) for index, replay in together.items()), default=0.0)
    saved = max(saved, *(one.gain_s or 0.0 for one in kept if one.draft.saved_s is None), 0.0)
    reckoned = sum(one.gain_s or 0.0 for one in kept if one.draft.saved_s is not None)
    return max(facts.wall_s - saved - reckoned, 0.0)
