"""`second-loop`: a loop started inside a thread while another loop waits; a loop per call."""

from __future__ import annotations

from collections import defaultdict

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.looplives import Life, at_home, beneath, lives
from asyncwhy.analysis.timeline import LoopRun
from asyncwhy.causes.begun import begun_together
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds, times
from asyncwhy.causes.senders import told_sender
from asyncwhy.model import Effects, Remedy, Safety, Site

SLUG = "second-loop"

#: This many loops made by one line are a loop per call...
PER_CALL = 3
#: ...unless each is run so often on average: a worker that keeps its loop for all of its jobs made it once.
KEPT = 2.0
#: What runs tests makes a loop for each of them, and a test client one for each request: that is their way.
TESTS = ("/unittest/", "/_pytest/", "/pytest_asyncio/", "/anyio/pytest_plugin.py", "/starlette/testclient.py")


def find(run: Run) -> list[Draft]:
    """Loops by the line that started them."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        known = lives(facts)
        by_line: dict[tuple[str, int], list[Life]] = defaultdict(list)
        for life in known:
            index = facts.origins.user_index(life.stack)
            if index is not None and not _for_tests(facts, life.stack):
                by_line[life.stack[index].file, life.stack[index].line].append(life)
        for loops in by_line.values():
            if not all(at_home(facts, life, known) for life in loops):
                draft = _draft(run, facts, loops)
                if draft is not None:
                    made.append(draft)
    return made


def _for_tests(facts: ProcessFacts, stack: tuple[Site, ...]) -> bool:
    """Whether a test runner or a test client made the loop, and no line of the user's did further in."""
    own = next((index for index, site in enumerate(stack) if facts.origins.is_user(site)), len(stack))
    return any(part in site.file for site in stack[:own] for part in TESTS)


def _draft(run: Run, facts: ProcessFacts, loops: list[Life]) -> Draft | None:
    waiting = next((other for life in loops if (other := beneath(facts, life)) is not None), None)
    per_call = len(loops) >= PER_CALL and sum(len(life.runs) for life in loops) < KEPT * len(loops)
    if waiting is None and not per_call:
        return None
    index = facts.origins.user_index(loops[0].stack) or 0
    site, stack = loops[0].stack[index], loops[0].stack[index:]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    name = call.qualified if call is not None else "run_until_complete"
    related = list(called_from(run, facts, stack))
    sender = told_sender(run, facts, loops[0].thread, loops[0].start)
    if sender is not None and sender.site != site:
        related.append(sender)
    threads = {life.thread for life in loops}
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(facts, name, loops, waiting, per_call),
        count=len(loops),
        cost_s=sum(life.ran_s for life in loops),
        call=name,
        operation="loop",
        stack=stack,
        related=tuple(related),
        effects=Effects(threads=len(threads) if waiting is not None else 0),
        worth=True,
        remedies=_remedies(waiting is not None),
        change=begun_together(facts, [one for life in loops for one in life.runs])
        if waiting is None
        else None,
        thread=loops[0].thread,
    )


def _words(
    facts: ProcessFacts, name: str, loops: list[Life], waiting: LoopRun | None, per_call: bool
) -> Words:
    """When the loops are started, and one sentence."""
    what = "for every call" if per_call else "while another loop waits for it"
    spent = seconds(sum(life.ran_s for life in loops))
    if waiting is None:
        threads = len({life.thread for life in loops})
        alone = (
            "nothing overlaps from one call to the next, and each pays for a new loop and its connections"
            if threads == 1
            else f"they share nothing, in {threads} threads, and each pays for a new loop and its connections"
        )
        message = f"`{name}` makes and ends an event loop {times(len(loops))}: {alone} ({spent} in all)."
    else:
        own, other = (facts.line.thread_name(one.thread) for one in (loops[0], waiting))
        message = (
            f"`{name}` starts an event loop of its own in {own} {times(len(loops))} ({spent} in all), while the loop "
            f"of {other}, from which it was sent there, runs: the two share nothing, and what one makes (a "
            "connection, a lock) cannot be awaited on the other."
        )
    return Words(f"`{name}` starts a second loop {what}", f"started a loop {times(len(loops))}", message)


def _remedies(beside: bool) -> tuple[Remedy, ...]:
    if beside:
        title = (
            "await the coroutine on the loop that is there (the functions on the way become `async def`), or hand it "
            "over from the thread with asyncio.run_coroutine_threadsafe"
        )
    else:
        title = "call asyncio.run once, at the top, and await inside it (asyncio.Runner keeps one loop for several calls)"
    return (Remedy(title, Safety.SKETCH),)
