"""`second-loop`: a loop started inside a thread while another loop waits; a loop per call."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.timeline import LoopRun
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.causes.senders import sent_to
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "second-loop"

#: This many loops made by one line are a loop per call.
PER_CALL = 3
#: A single loop on a thread that was started for it, and that lasts for this share of another one, is no
#: detour of a call but a service beside it.
LASTING = 0.5


def find(run: Run) -> list[Draft]:
    """Loops by thread and by the line that started them."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        by_line: dict[tuple[str, int], list[tuple[LoopRun, tuple[Site, ...]]]] = defaultdict(list)
        for loop in _working(facts):
            stack = facts.stack(loop.stack)
            if not any(facts.origins.is_user(site) for site in stack) and loop.thread in facts.line.threads:
                stack += facts.stack(facts.line.threads[loop.thread].stack)  # Thread(target=asyncio.run)
            index = facts.origins.user_index(stack)
            if index is not None:
                by_line[stack[index].file, stack[index].line].append((loop, stack[index:]))
        for runs in by_line.values():
            draft = _draft(run, facts, runs)
            if draft is not None:
                made.append(draft)
    return made


def _working(facts: ProcessFacts) -> list[LoopRun]:
    """Runs of loops that ran something of the program: `asyncio.run` runs its loop two or three times more
    to cancel what is left and to shut its executor down, and those have no task of the user's."""
    line = facts.line
    kept: list[LoopRun] = []
    for loop in line.loops:
        until = loop.until(line.ended)
        inside = (
            (line.thread == loop.thread) & line.is_task & (line.start >= loop.start) & (line.start <= until)
        )
        places = [line.code_of(kind) for kind in np.unique(line.kind[inside]).tolist()]
        if any(place and facts.origins.of(place.site.file) is not Origin.STANDARD for place in places):
            kept.append(loop)
    return kept


def _draft(run: Run, facts: ProcessFacts, runs: list[tuple[LoopRun, tuple[Site, ...]]]) -> Draft | None:
    loops = [loop for loop, _ in runs]
    meanwhile = [other for other in _working(facts) if any(_inside(loop, other, facts) for loop in loops)]
    distinct = {loop.loop for loop in loops}
    per_call = len(loops) >= PER_CALL and len(distinct) >= PER_CALL
    if not meanwhile and not per_call:
        return None
    if meanwhile and len(loops) == 1 and _has_its_thread(facts, loops[0], meanwhile):
        return None
    site, stack = runs[0][1][0], runs[0][1]
    spent = sum(loop.until(facts.line.ended) - loop.start for loop in loops)
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    name = call.qualified if call is not None else "run_until_complete"
    related = list(called_from(run, facts, stack))
    sender = _sender(run, facts, loops[0])
    if sender is not None and sender.site != site:
        related.append(sender)
    what, message = _words(facts, name, loops, meanwhile)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=Words(f"`{name}` starts a second loop {what}", f"started a loop {times(len(loops))}", message),
        count=len(loops),
        cost_s=spent,
        call=name,
        operation="loop",
        stack=stack,
        related=tuple(related),
        effects=Effects(threads=len({loop.thread for loop in loops if meanwhile})),
        worth=True,
        remedies=_remedies(bool(meanwhile)),
        change=None if meanwhile else _at_once(facts, loops),
        thread=loops[0].thread,
    )


def _has_its_thread(facts: ProcessFacts, loop: LoopRun, others: list[LoopRun]) -> bool:
    """Whether a loop was given a thread of its own on purpose, for about as long as another one runs."""
    lasted = loop.until(facts.line.ended) - loop.start
    longest = max(other.until(facts.line.ended) - other.start for other in others)
    return (
        loop.thread in facts.line.threads
        and all(job.worker != loop.thread for job in facts.jobs)
        and lasted >= LASTING * longest
    )


def _words(facts: ProcessFacts, name: str, loops: list[LoopRun], meanwhile: list[LoopRun]) -> tuple[str, str]:
    """When the second loop is started, and one sentence."""
    if meanwhile:
        own, waiting = (facts.line.thread_name(one.thread) for one in (loops[0], meanwhile[0]))
        return "while another loop of this process runs", (
            f"`{name}` starts an event loop of its own in {own} {times(len(loops))}, while the loop of {waiting} "
            "runs: the two share nothing, and what one makes cannot be awaited on the other."
        )
    spent = sum(loop.until(facts.line.ended) - loop.start for loop in loops)
    return "for every call", (
        f"`{name}` makes and ends an event loop {times(len(loops))}: nothing overlaps from one call to the "
        f"next, and each pays for a new loop and its connections ({seconds(spent)} in all)."
    )


def _sender(run: Run, facts: ProcessFacts, loop: LoopRun) -> Related | None:
    """Who sent the code that started the loop to its thread: a job's submitter, or the thread's starter."""
    handoff, offload = sent_to(run, facts, loop.thread, loop.start)
    if handoff is None:
        return None
    name = facts.line.thread_name(loop.thread)
    return Related(
        "sent there by", handoff.site, f"{offload.call}, to {name}" if offload is not None else f"to {name}"
    )


def _at_once(facts: ProcessFacts, loops: list[LoopRun]) -> Change:
    """All runs of the line begin when the first one did: what one loop and a gather would do."""
    starts = facts.nodes.start
    firsts = []
    for loop in sorted(loops, key=lambda loop: loop.start):
        inside = np.flatnonzero(
            (facts.nodes.thread == loop.thread) & facts.nodes.is_task & (starts >= loop.start)
            & (starts <= loop.until(facts.line.ended))
        )  # fmt: skip
        if len(inside):
            firsts.append(int(inside[0]))
    return Change(like=dict.fromkeys(firsts[1:], firsts[0]))


def _inside(loop: LoopRun, other: LoopRun, facts: ProcessFacts) -> bool:
    """Whether `loop` began while `other`, in another thread, was running."""
    return other.thread != loop.thread and other.start < loop.start < other.until(facts.line.ended)


def _remedies(beside: bool) -> tuple[Remedy, ...]:
    if beside:
        title = "await the coroutine on the loop that is there, or hand it over with asyncio.run_coroutine_threadsafe"
    else:
        title = "call asyncio.run once, at the top, and await inside it (asyncio.Runner keeps one loop for several calls)"
    return (Remedy(title, Safety.SKETCH),)
