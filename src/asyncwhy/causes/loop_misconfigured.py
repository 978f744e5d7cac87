"""`loop-misconfigured`: a setting of the loop costs time.  What can be priced is asyncio's debug mode.

A default executor that is too small is told where it hurts, as `pool-saturated`.
"""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes import worth
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import SINGLE_S
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Remedy, Safety, Site

SLUG = "loop-misconfigured"

#: A step keeps this share of its time at least: what it does itself takes some.
LEFT = 0.05
#: Short steps of which stack traces make up this share are explained by them.
MOSTLY = 0.5
#: The files in which a hold of debug mode's own is found.
TRACING = ("/traceback.py", "/linecache.py", "/asyncio/format_helpers.py")


def find(run: Run) -> list[Draft]:
    """Loops on which somebody switched debug mode on, where its stack traces took time worth having."""
    made = []
    for facts in run.facts.processes:
        count, nanoseconds = facts.process.meta.get("debug_traces", (0, 0))
        cost = nanoseconds / 1e9
        if cost >= max(worth.LEAST_S, worth.LEAST_SHARE * run.facts.wall_s):
            draft = _draft(run, facts, int(count), cost)
            if draft is not None:
                made.append(draft)
    return made


def _draft(run: Run, facts: ProcessFacts, count: int, cost: float) -> Draft | None:
    found = _switched_on(facts)
    if found is None:
        return None
    site, stack, outside = found
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    how = "by PYTHONASYNCIODEBUG or `python -X dev`" if outside else "here"
    steps = int(np.isin(facts.line.thread, list(facts.line.loop_threads())).sum())
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=Words(
            headline=f"asyncio's debug mode is on: {seconds(cost)} went into its stack traces",
            label=f"switched on {how}: {count:,} stack traces, {seconds(cost / max(count, 1))} each",
            message=(
                f"asyncio's debug mode was switched on {how}. For {steps:,} steps it took {count:,} stack traces, "
                f"{seconds(cost)} in all."
            ),
        ),
        count=1,
        cost_s=cost,
        call=call.qualified if call is not None else "asyncio.run",
        operation="loop",
        stack=stack,
        related=called_from(run, facts, stack),
        effects=Effects(cpu_s=cost),
        remedies=_remedies(outside),
        change=_without(facts, cost),
        worth=True,
        thread=facts.line.loops[0].thread,
        spans=_spans(facts, cost),
    )


def _switched_on(facts: ProcessFacts) -> tuple[Site, tuple[Site, ...], bool] | None:
    """The user's line that did it, the stack from there, and whether the setting came from outside."""
    for event in facts.process.named("debug"):
        stack = facts.stack(event["stack"])
        index = facts.origins.user_index(stack)
        if index is not None:
            outside = any(one.function.endswith("BaseEventLoop.__init__") for one in stack[:index])
            return stack[index], stack[index:], outside
    return None


def _without(facts: ProcessFacts, cost: float) -> Change:
    """Every step is shorter by its share of the stack traces, as many as it has steps in it."""
    nodes = facts.nodes
    threads = set(facts.line.loop_threads())
    steps = np.bincount(nodes.node_of, minlength=len(nodes.start))
    mine = np.flatnonzero(np.isin(nodes.thread, list(threads)) & (nodes.run > 0))
    saved = cost * steps[mine] / max(int(steps[mine].sum()), 1)
    share = np.maximum(1.0 - saved / nodes.run[mine], LEFT)
    return Change(shorter=dict(zip(mine.tolist(), share.tolist(), strict=True)))


def _spans(facts: ProcessFacts, cost: float) -> list[tuple[float, float]]:
    """What other causes need not explain: holds inside the tracing, and short steps that are mostly that."""
    line = facts.line
    made = [
        (piece.start, piece.end)
        for piece in facts.pieces
        if any(one.file.endswith(TRACING) for one in facts.stack(piece.stack)[:4])
    ]
    steps = np.flatnonzero(np.isin(line.thread, list(facts.line.loop_threads())))
    length = (line.end - line.start)[steps]
    if len(steps) and cost / len(steps) >= MOSTLY * float(np.median(length)):
        short = steps[length < SINGLE_S]
        made += zip(line.start[short].tolist(), line.end[short].tolist(), strict=True)
    return made


def _remedies(outside: bool) -> tuple[Remedy, ...]:
    if outside:
        title = "run it without PYTHONASYNCIODEBUG and without -X dev, unless you are debugging"
    else:
        title = "leave debug mode off (no `debug=True`, no `loop.set_debug(True)`), unless you are debugging"
    return (Remedy(title, Safety.SAFE),)
