"""What the innermost calls of a group of holds do, whichever line explains them all.

A function that writes a file is spread over an `open`, a `write` and an `fsync`; on a disk that is memory each of them
is busy, and none of them computes.
"""

from __future__ import annotations

from collections import defaultdict

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.hotlines import Group
from asyncwhy.catalog import Operation
from asyncwhy.causes.draft import Run

#: What a call of these kinds does is to wait, however busy the machine's kernel is meanwhile: a disk that is
#: memory, a database in the own process.
WAITS = frozenset(("sleep", "net", "dns", "disk", "subprocess", "lock", "db"))
#: A group of holds that spent this share of its time in calls of one kind did that.
MOST = 0.5


def waits_in(run: Run, facts: ProcessFacts, group: Group) -> Operation | None:
    """What most of the group's time went into, if that is there to wait."""
    spent: dict[Operation, float] = defaultdict(float)
    known: dict[int, Operation | None] = {}
    for piece in group.pieces:
        if piece.stack not in known:
            known[piece.stack] = _innermost(run, facts, piece.stack)
        operation = known[piece.stack]
        if operation is not None and operation.kind in WAITS:
            spent[operation] += piece.length
    kinds: dict[str, float] = defaultdict(float)
    for operation, length in spent.items():
        kinds[operation.kind] += length
    kind = max(kinds, key=lambda kind: kinds[kind], default="")
    if not kind or kinds[kind] < MOST * group.cost_s:
        return None
    return max((one for one in spent if one.kind == kind), key=lambda one: spent[one])


def _innermost(run: Run, facts: ProcessFacts, number: int) -> Operation | None:
    """The call at which a stack stands, by its source; else what is known of its frame."""
    stack = facts.stack(number)
    if not stack:
        return None
    site = stack[0]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    found = run.catalog.call(call.qualified) if call is not None else None
    return found or run.catalog.frame(site.file, site.function)
