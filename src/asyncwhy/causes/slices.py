"""One computation in slices: a task that gives way now and then and goes on at once, for which no step is long.

`await asyncio.sleep(0)` within a loop lets others in between.  What the loop computes is not less for that: it is one
computation, whatever each of its slices takes.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.hotlines import Group
from asyncwhy.analysis.smallsteps import Small
from asyncwhy.analysis.timeline import Ints
from asyncwhy.causes import cpu_on_loop
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.innermost import waits_in
from asyncwhy.causes.origin import called_from, started_by, tasks_of
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.suffering import suffering
from asyncwhy.model import Effects, Site

#: A task that went on at once so often computes in slices; one that did so a few times only lets others begin.
FEWEST = 20
#: The task is the computation where it has this share of the time: of many that each do a little it is the sum.
MOST = 0.9
#: ...and what computes is told where it took this share of the time during which the loop ran...
SHARE = 0.2
#: ...in slices of at least this length, of which the loop's own work is a small part (0.2 ms).
LEAST_S = 0.0002
#: A step that was ready within this of the end of its task's step before (50 µs) waited for nothing.
AT_ONCE_S = 5e-5


def find(run: Run, facts: ProcessFacts, small: Small, groups: list[Group]) -> Draft | None:
    """The computation that the short steps of a function are, if they are one, and if it is most of the loop's time."""
    cost = sum(group.cost_s for group in groups)
    slices = _slices(facts, small) if cost >= SHARE * facts.loop_s else np.zeros(0, np.int64)
    if not len(slices) or any(waits_in(run, facts, group) is not None for group in groups):
        return None
    return _draft(run, facts, small, groups, slices)


def _slices(facts: ProcessFacts, small: Small) -> Ints:
    """The steps that are slices of one task's computation, if nearly all of the short ones are; else none."""
    line = facts.line
    length = line.end - line.start
    steps = small.steps[np.lexsort((line.start[small.steps], line.ref[small.steps]))]
    ref, ready = line.ref[steps], (line.start - line.lag)[steps]
    on = np.zeros(len(steps), bool)
    on[1:] = (ref[1:] == ref[:-1]) & (np.abs(ready[1:] - line.end[steps][:-1]) <= AT_ONCE_S)
    on &= line.is_task[steps]
    tasks, counts = np.unique(ref[on], return_counts=True)
    if not len(tasks) or counts.max() < FEWEST:
        return small.steps[:0]
    found: Ints = np.sort(steps[ref == tasks[np.argmax(counts)]])
    whole = float(length[found].sum()) >= MOST * small.total_s
    return found if whole and float(np.median(length[found])) >= LEAST_S else found[:0]


def _draft(run: Run, facts: ProcessFacts, small: Small, groups: list[Group], slices: Ints) -> Draft:
    """The computation, told at the line of its loop that is hottest."""
    line = facts.line
    site, stack, loop = _loop(run, facts, groups)
    tasks = tasks_of(facts, line.ref[slices].tolist())
    length = (line.end - line.start)[slices]
    cost, each = float(length.sum()), float(np.median(length))
    spans = np.column_stack((line.start[slices], line.end[slices]))
    late = suffering(run, facts, [(small.thread, spans)])
    starter = started_by(facts, tasks)
    called = called_from(run, facts, stack)
    name = site.function.replace(".<locals>", "")
    where = f" in the loop at line {loop}" if loop is not None else ""
    return Draft(
        cause=cpu_on_loop.SLUG,
        facts=facts,
        site=site,
        words=Words(
            headline=f"`{name}` computes on the event loop, and gives way every {seconds(each)}",
            label=f"{len(slices)} slices of one computation{where}, {seconds(cost)} in all",
            message=(
                f"`{name}` computes{where} for {seconds(cost)} of {seconds(facts.loop_s)} that the loop ran: "
                f"it gave way {len(slices)} times and was ready again at once, so that all others waited for a "
                f"slice at each of their turns."
            ),
        ),
        count=len(slices),
        cost_s=cost,
        call=name,
        operation="cpu",
        loop=loop,
        stack=stack,
        started_by=starter.site if starter else None,
        related=(*called, starter) if starter is not None else called,
        victims=late.victims,
        effects=Effects(late_s=late.hurt_s, cpu_s=cost),
        suffering=late,
        computes=True,
        steps=frozenset(slices.tolist()),
        change=_leaving(facts, slices),
        thread=small.thread,
        spans=[(float(low), float(high)) for low, high in spans],
    )


def _loop(run: Run, facts: ProcessFacts, groups: list[Group]) -> tuple[Site, tuple[Site, ...], int | None]:
    """The hottest line of the coroutine that gives way, the stack from there, and the loop in which it does."""
    spent: Counter[tuple[str, int]] = Counter()
    stacks: dict[tuple[str, int], tuple[Site, ...]] = {}
    for piece in (piece for group in groups for piece in group.pieces):
        stack = facts.stack(piece.stack)
        at = next((at for at, site in enumerate(stack) if _is_coroutine(run, facts, site)), None)
        if at is not None:
            key = (stack[at].file, stack[at].line)
            spent[key] += round(piece.length * 1e9)
            stacks.setdefault(key, stack[at:])
    if not spent:
        return groups[0].site, groups[0].own_stack, groups[0].loop
    stack = stacks[spent.most_common(1)[0][0]]
    return stack[0], stack, _giving_way(run, stack[0])


def _is_coroutine(run: Run, facts: ProcessFacts, site: Site) -> bool:
    return facts.origins.is_user(site) and not site.function.endswith(">") and run.is_async(site)


def _giving_way(run: Run, site: Site) -> int | None:
    """The line of the innermost loop around a line in which its function awaits."""
    function = run.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
    own = run.source.awaits(site.file, function) if function is not None else ()
    loops = [run.source.loop_around(site.file, {site.line, one.line}) for one in own]
    return max((line for line in loops if line is not None), default=None)


def _leaving(facts: ProcessFacts, slices: Ints) -> Change:
    nodes = np.unique(facts.nodes.node_of[slices])
    return Change({int(node): [Cut(0.0, float(facts.nodes.run[node]), True)] for node in nodes})
