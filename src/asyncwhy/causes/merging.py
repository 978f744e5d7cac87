"""Holds that are one fault: what one line does twice, or one function in several lines, is told once."""

from __future__ import annotations

from collections.abc import Iterable

from asyncwhy.causes.draft import Draft, Run
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Related

#: Causes of holds, which one line may have several of: a call that waits also computes a little, a busy machine
#: shows it, and of many short turns some are long.
HOLDS = frozenset(("blocking-call", "cpu-on-loop", "gil-held", "many-small-holds"))
#: What may be dearer than a hold of the same line, and has it as a part: the line that makes too many tasks also
#: computes while it makes them.
WIDER = HOLDS | {"loop-saturated"}
#: Operations of which one synchronous function does several for one purpose: connect, send, quit; parse, sort, dump.
STEPS = frozenset(("net", "db", "disk", "subprocess", "cpu"))


def one_fault(run: Run, drafts: Iterable[Draft]) -> list[Draft]:
    """The drafts, dearest first; what belongs to a dearer one's fault has become part of that."""
    made: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: -(draft.cost_s or 0.0)):
        dearer = next((one for one in made if _alike(one, draft)), None)
        if dearer is not None and _line(dearer) == _line(draft):
            _explain(dearer, draft)
        elif dearer is not None and not run.is_async(draft.site):
            _explain(dearer, draft)
            _add(dearer, draft)
        else:
            made.append(draft)
    return made


def _alike(one: Draft, other: Draft) -> bool:
    if one.facts is not other.facts or one.thread != other.thread:
        return False
    if one.cause not in WIDER or other.cause not in HOLDS:
        return False
    if _line(one) == _line(other):
        return True
    return (
        one.cause == other.cause != "many-small-holds"
        and _operation(one) == _operation(other)
        and _operation(one) in STEPS
        and _callers(one) == _callers(other)
    )


def _operation(draft: Draft) -> str:
    return "cpu" if draft.cause in ("cpu-on-loop", "gil-held") else draft.operation


def _line(draft: Draft) -> tuple[str, int]:
    return draft.site.file, draft.site.line


def _callers(draft: Draft) -> tuple[str, str, tuple[tuple[str, int], ...]]:
    """The function, and the lines outside it."""
    at = draft.stack.index(draft.site) if draft.site in draft.stack else 0
    outside = tuple((site.file, site.line) for site in draft.stack[at + 1 :])
    return draft.site.file, draft.site.function, outside


def _explain(dearer: Draft, draft: Draft) -> None:
    """The dearer one's fix removes the other's time too."""
    dearer.spans = [*dearer.spans, *draft.spans]
    dearer.steps |= draft.steps
    if dearer.change is not None and draft.change is not None:
        dearer.change = dearer.change.plus(draft.change)


def _add(dearer: Draft, draft: Draft) -> None:
    cost = draft.cost_s or 0.0
    calls = dearer.cause == "blocking-call"  # what computes is counted by the steps in which it does
    dearer.count = dearer.count + draft.count if calls else len(dearer.steps)
    dearer.cost_s = (dearer.cost_s or 0.0) + cost
    verb = "computed" if draft.computes else "stopped it"
    note = f"`{draft.call}` {verb} here, {seconds(cost)}"
    dearer.related = (Related("and", draft.site, note), *dearer.related)
    one, other = dearer.effects, draft.effects
    dearer.effects = Effects(
        one.late_s + other.late_s, one.cpu_s + other.cpu_s, one.threads + other.threads, one.lost + other.lost
    )
    dearer.suffering = dearer.suffering.plus(draft.suffering)
    dearer.victims = dearer.suffering.victims
