"""A thread of a library's or the user's own that answers tasks one after the other: a `concurrency-limit`."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from asyncwhy.analysis.answers import Answered, Answering, answering
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import cpu_between
from asyncwhy.analysis.timeline import ThreadFact
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.seconds import queue, seconds
from asyncwhy.model import Effects, Related, Remedy, Safety, Site, Victim

#: So many tasks must have waited for the thread at once, on average while any did.
AT_ONCE = 1.5
#: A thread that waited itself for more than this share of the time was not what they waited for.
IDLE = 0.3
#: Fewer answers than this are no queue.
FEWEST = 4
#: A thread that was on the CPU for this share of the time computes.
COMPUTES = 0.7
#: Samples are 5 ms apart, and late: no further apart than this (20 ms) the thread was at the earlier one's line.
APART_S = 0.02
#: A wait this much longer than the thread's own work for it (3 ms, as a pool's) stood in the queue.
QUEUED_S = 0.003


def single_threads(run: Run, facts: ProcessFacts, slug: str) -> list[Draft]:
    """The threads for which tasks queued."""
    made = []
    for one in answering(facts):
        queued = [answer for answer in one.answers if answer.queued_s > QUEUED_S]
        if len(queued) >= FEWEST and one.at_once >= AT_ONCE and one.idle <= IDLE:
            draft = _draft(run, facts, slug, one, queued)
            if draft is not None:
                made.append(draft)
    return made


def _draft(run: Run, facts: ProcessFacts, slug: str, one: Answering, queued: list[Answered]) -> Draft | None:
    thread = facts.line.threads[one.thread]
    stack = facts.sent_stack(thread.stack, 0)
    at = facts.origins.user_index(stack)
    if at is None:
        return None
    site = stack[at]
    library = next((name for each in stack[:at] if (name := facts.origins.package(each.file))), None)
    late = sum(answer.queued_s for answer in queued)
    tasks = {answer.task for answer in queued}
    name = _name(run, facts, thread, site)
    owner = f"`{library}` has one thread" if library else "one thread does the work"
    things = "tasks" if len(tasks) > 1 else "items"
    computes = _computes(facts, one)
    share = 1.0 - 1.0 / facts.cores if computes else 1.0  # of the waiting that more at once would spare
    own = sum(answer.own_s for answer in one.answers) / len(one.answers)
    return Draft(
        cause=slug,
        facts=facts,
        site=site,
        words=Words(
            headline=f"{_who(tasks, queued)} for the one thread behind `{name}`",
            label=f"one thread: {len(queued)} waits in its queue, {seconds(late / len(queued))} on average",
            message=(
                f"{owner} for all that `{name}` is asked for: {one.at_once:.1f} {things} waited for it at once, "
                f"{seconds(late / len(queued))} in its queue, each for {seconds(own)} of its time."
            ),
        ),
        count=len(queued),
        cost_s=late,
        call=name,
        operation="pool",
        inside_library=library,
        stack=stack[at:],
        related=_works(facts, one.thread, site),
        victims=_waiting(facts, queued),
        effects=Effects(late_s=late, threads=1),
        remedies=_remedies(library, computes),
        change=Change(earlier={int(facts.nodes.node_of[one.step]): one.spared_s * share for one in queued}),
        worth=hurts_by_itself(run, facts, [answer.task for answer in queued], late),
    )


def _who(tasks: set[int], queued: list[Answered]) -> str:
    """Who queues: tasks; or what one task has put there before it waits for the answers."""
    return queue(len(tasks)) if len(tasks) > 1 else f"{len(queued)} items queue"


def _computes(facts: ProcessFacts, one: Answering) -> bool:
    """Whether the thread was on the CPU for most of the time for which it was waited for."""
    samples = facts.samples.get(one.thread)
    if samples is None or not len(samples.first):
        return False
    since, until = min(answer.asked for answer in one.answers), max(answer.when for answer in one.answers)
    queued = np.interp(
        (since, until), samples.first, samples.delay
    )  # in the system's run queue: it would have
    used = cpu_between(samples, since, until) + float(queued[1] - queued[0])
    return used >= COMPUTES * (until - since)


def _remedies(library: str | None, computes: bool) -> tuple[Remedy, ...]:
    if library is None and computes:
        return (
            Remedy(
                "let a pool of processes do it, `await loop.run_in_executor(processes, function, ...)`: it computes, and "
                "more threads would share one GIL",
                Safety.CHANGES_BEHAVIOUR,
            ),
        )
    if library is None:
        return (
            Remedy(
                "let several threads take from the queue (or `await loop.run_in_executor(pool, function, ...)` in its "
                "place), if what they use can be used by several at once",
                Safety.CHANGES_BEHAVIOUR,
            ),
            Remedy("or ask for less often: one job for many items", Safety.SKETCH),
        )
    return (
        Remedy(
            "open several (a small pool of connections), if what is behind them can work on several at "
            "once; a transaction needs one of its own anyway",
            Safety.CHANGES_BEHAVIOUR,
        ),
        Remedy("or ask for less often: one query for many rows", Safety.SKETCH),
    )


def _name(run: Run, facts: ProcessFacts, thread: ThreadFact, site: Site) -> str:
    """What a person knows the thread by: its own function where that is the user's, else the call that made it."""
    if thread.target is not None and facts.origins.is_user(thread.target.site):
        return thread.target.site.function.replace(".<locals>", "")
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    return call.qualified if call is not None else thread.name


def _works(facts: ProcessFacts, thread: int, started: Site) -> tuple[Related, ...]:
    """The user's line at which the thread was seen most while it did not wait for more to do."""
    samples, spent = facts.samples.get(thread), Counter[Site]()
    waits = facts.waits.get(thread, [])
    if samples is None or not len(samples.first):
        return ()
    following = np.append(samples.first[1:], samples.last[-1:])
    until = np.minimum(following, samples.last + APART_S)  # what computes is another sample each time
    for first, last, number in zip(samples.first, until, samples.stack, strict=True):
        site = next((one for one in facts.stack(int(number)) if facts.origins.is_user(one)), None)
        if site is not None and not any(one.start < last and first < one.end for one in waits):
            spent[site] += round((last - first) * 1e9)
    if not spent or spent.most_common(1)[0][0] == started:
        return ()
    return (Related("works here", spent.most_common(1)[0][0], "one after the other"),)


def _waiting(facts: ProcessFacts, queued: list[Answered]) -> tuple[Victim, ...]:
    """The user's lines that waited, those that waited longest first."""
    waits = facts.process.table("waits")
    stack_at = dict(
        zip(
            zip(waits["task"].tolist(), waits["start"].tolist(), strict=True),
            waits["stack"].tolist(),
            strict=True,
        )
    )
    by_task: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (task, start), stack in stack_at.items():
        by_task[task].append((float(facts.line.seconds(start)), stack))
    found: dict[Site, list[float]] = defaultdict(list)
    for one in queued:
        stack = next((stack for start, stack in by_task[one.task] if abs(start - one.asked) < 1e-6), 0)
        site = facts.origins.user_site(facts.sent_stack(stack, one.task))
        if site is not None:
            found[site].append(one.queued_s)
    made = [Victim(site, len(each), sum(each)) for site, each in found.items()]
    return tuple(sorted(made, key=lambda victim: -victim.late_s))
