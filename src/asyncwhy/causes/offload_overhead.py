"""`offload-overhead`: sent to a thread or process for less work than the sending costs."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.lookup import union
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import merged
from asyncwhy.causes.hops import Hops, hops
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.relief import NOTABLE
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.senders import name_at
from asyncwhy.causes.worth import LEAST_S, LEAST_SHARE
from asyncwhy.model import Effects, Remedy, Safety

SLUG = "offload-overhead"

#: Fewer jobs than this of one line cost less than anybody notices: a hop is 0.02 to 0.1 ms.
FEWEST = 50
#: A job that runs for less than this holds a loop for no longer than two hops cost it.
TINY_S = 0.0002
#: A job that runs for longer than this is worth a hop; when more than this share of a line's jobs do, the
#: rare slow ones are the reason for the others' hops too.  Threads wait up to 5 ms for the GIL now and then.
LONG_S = 0.010
LONG_SHARE = 0.005
#: Handing over keeps the loop itself when its steps fill this share of the time.
LOOP_BOUND = 0.5


def find(run: Run) -> list[Draft]:
    """Jobs by the line that sent them: how long they ran, how long it took to get there and back."""
    return [_draft(run, one) for facts in run.facts.processes for one in hops(run, facts) if _costs_more(one)]


def _costs_more(one: Hops) -> bool:
    """Whether the way cost more than the work, each of which is tiny."""
    if len(one.work) < FEWEST or float(np.median(one.work)) > TINY_S:
        return False
    return float((one.work > LONG_S).mean()) <= LONG_SHARE and one.cost_s > one.worked_s


def _draft(run: Run, one: Hops) -> Draft:
    cost, on_loop = one.cost_s, _on_loop(one)
    name = name_at(run, one.site, one.call)
    return Draft(
        cause=SLUG,
        facts=one.facts,
        site=one.site,
        words=_words(name, one),
        count=len(one.work),
        cost_s=cost,
        call=name,
        operation="pool",
        inside_library=one.where if one.where not in ("thread", "process") else None,
        stack=one.stack,
        related=(*one.related, *called_from(run, one.facts, one.stack)),
        effects=Effects(threads=len(one.threads)),
        remedies=_remedies(run, one),
        saved_s=_saved(one),
        worth=_noticed(run, one, bool(on_loop)),
        thread=one.submitter,
        spans=on_loop,
    )


def _noticed(run: Run, one: Hops, kept_loop: bool) -> bool:
    """Whether it matters though the run may be no shorter: handing over kept the loop from others, or was a good part
    of what those who asked waited for."""
    if kept_loop:
        return one.cost_s >= max(LEAST_S, LEAST_SHARE * run.facts.wall_s)
    nodes = one.facts.nodes
    tasks, place = np.unique(nodes.ref, return_inverse=True)
    begun, over = np.full(len(tasks), np.inf), np.zeros(len(tasks))
    np.minimum.at(begun, place, nodes.start)
    np.maximum.at(over, place, nodes.end)
    theirs = float((over - begun)[np.isin(tasks, list(one.tasks))].sum())
    way = float((one.ways[:, 1] - one.ways[:, 0] - one.work).sum())
    return way >= NOTABLE * theirs and hurts_by_itself(run, one.facts, list(one.tasks), one.cost_s)


def _saved(one: Hops) -> float:
    """What calling directly saves: the hops, but no more than the tasks that hop were behind all others at
    the end.  The replay takes short steps together and does not see hops."""
    line = one.facts.line
    hopping: set[int] = set()
    for number in one.tasks:
        task = number
        while task and task not in hopping:
            hopping.add(task)
            task = line.tasks[task].parent if task in line.tasks else 0
    others = [task.number for task in line.tasks.values() if task.created < one.until]
    own = line.end[np.isin(line.ref, list(hopping))]
    rest = line.end[np.isin(line.ref, [number for number in others if number not in hopping])]
    if not len(own):
        return 0.0
    last = float(rest.max()) if len(rest) else 0.0
    return max(min(one.cost_s, float(own.max()) - max(last, one.since)), 0.0)


def _on_loop(one: Hops) -> list[tuple[float, float]]:
    """The burst as one stretch of the loop, where what it did on the way there and back kept it for most of that."""
    line = one.facts.line
    mine = (line.thread == one.submitter) & (line.start >= one.since) & (line.end <= one.until)
    ways = Held(merged([(start, end) for start, end in one.ways.tolist()]))
    busy = ways.inside(np.column_stack((line.start[mine], line.end[mine])))
    most = LOOP_BOUND * max(one.until - one.since, one.cost_s)
    return [(one.since, one.until)] if busy > most else []


def _words(name: str, one: Hops) -> Words:
    count, cost, worked = len(one.work), seconds(one.cost_s), seconds(one.worked_s)
    lengths = one.ways[:, 1] - one.ways[:, 0]
    mean = one.worked_s / count
    each = f"{mean * 1e6:.0f} µs" if mean < 1e-3 else seconds(mean)
    low, high = np.percentile(lengths, (10, 90)) * 1e6
    took = f"{one.cost_s / count * 1e6:.0f} µs each on average"
    if float(lengths.sum()) < 1.5 * union(one.ways):  # one after another
        took = f"{max(low - mean * 1e6, 0.0):.0f} to {high - mean * 1e6:.0f} µs each"
    label = f"{cost} for sending, {worked} of work"
    if one.where not in ("thread", "process"):
        return Words(
            headline=f"the thread of `{one.where}` is asked {count:,} times, for about {each} of work each",
            label=label,
            message=(
                f"`{one.where}` keeps a thread of its own, and was asked {count:,} times, most often by `{name}`; an answer "
                f"took {low:.0f} to {high:.0f} µs, {cost} in all beside {worked} of that thread's CPU."
            ),
        )
    to = "a process, pickled and piped" if one.where == "process" else "a thread"
    sent = f"`{name}` sent {count:,} jobs to {to}; each ran"
    if one.decided:
        sent = f"`{name}` was sent to {to} {count:,} times; each ran"
    return Words(
        headline=f"{count:,} jobs of about {each} each are sent to a {one.where}",
        label=label,
        message=(
            f"{sent} for about {each}, and getting there and back took {took}, {cost} in all, for {worked} of work. "
            f"The longest job ran for {seconds(float(one.work.max()))}."
        ),
    )


def _remedies(run: Run, one: Hops) -> tuple[Remedy, ...]:
    offload = run.catalog.offload_of_stack((site.file, site.function) for site in one.sent)
    if offload is not None and offload.direct:
        return (Remedy(offload.direct, Safety.CHANGES_BEHAVIOUR),)
    batch = "send many at once: one job for the whole file, query or list"
    if one.where == "process":
        batch = "send many at once: one job for some hundreds of them (`chunksize`, with `Executor.map`)"
    if one.where not in ("thread", "process"):
        return (Remedy(f"ask for many at once: one call of `{one.where}` for many rows", Safety.SKETCH),)
    return (
        Remedy(
            "call it directly, as long as it stays this short (a cold disk or a network may make it slow)",
            Safety.CHANGES_BEHAVIOUR,
        ),
        Remedy(f"or {batch}", Safety.SKETCH),
    )
