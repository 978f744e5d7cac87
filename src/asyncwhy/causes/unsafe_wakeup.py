"""`unsafe-wakeup`: another thread touched the loop without the thread-safe call, and the loop noticed late."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.touches import Touch, woken
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import merged
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds, several, times
from asyncwhy.model import Effects, Related, Remedy, Safety, Site, Victim

SLUG = "unsafe-wakeup"

#: A loop that slept for less than this after the call was woken in time, by luck; that is no finding (5 ms).
LATE_S = 0.005
#: One call of the program's may put several things into the loop (an event with many waiters): what comes from
#: one line within this time is one call.
ONE_CALL_S = 0.001


def find(run: Run) -> list[Draft]:
    """Touches of a loop by other threads during which it slept on, by the user's line."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        groups: dict[tuple[str, int], list[Touch]] = defaultdict(list)
        for touch in facts.touches:
            site = facts.origins.user_site(facts.stack(touch.stack))
            if site is not None:
                groups[site.file, site.line].append(touch)
        for touches in groups.values():
            late = [touch for touch in touches if touch.late_s >= LATE_S]
            if late:
                made.append(_draft(run, facts, late, touches))
    return made


def _calls(touches: list[Touch]) -> list[list[Touch]]:
    """The touches gathered into calls of the line."""
    made: list[list[Touch]] = []
    for touch in touches:
        if made and touch.by == made[-1][-1].by and touch.time - made[-1][-1].time <= ONE_CALL_S:
            made[-1].append(touch)
        else:
            made.append([touch])
    return made


def _draft(run: Run, facts: ProcessFacts, touches: list[Touch], group: list[Touch]) -> Draft:
    calls = _calls(touches)
    lengths = [max(touch.late_s for touch in call) for call in calls]
    first = touches[0]
    stack = facts.stack(first.stack)
    index = facts.origins.user_index(stack) or 0
    site = stack[index]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    name = call.qualified if call is not None else stack[0].function
    slept = merged([(touch.time, touch.noticed) for touch in touches])
    never = any(touch.step < 0 for touch in touches)
    victims = _woken(facts, touches)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(facts, first, name, lengths, never),
        count=len(calls),
        cost_s=float((slept[:, 1] - slept[:, 0]).sum()),
        call=name,
        operation="loop",
        stack=stack[index:],
        related=(*called_from(run, facts, stack[index:]), *_waited(victims)),
        victims=victims,
        effects=Effects(late_s=sum(victim.late_s for victim in victims)),
        remedies=_remedies(name, call.text if call is not None else ""),
        change=Change(earlier=_earlier(facts, group)),
        worth=never,
        thread=first.thread,
    )


def _earlier(facts: ProcessFacts, touches: list[Touch]) -> dict[int, float]:
    """By how much nodes of the schedule would come earlier, counted from what their task did before.

    The thread keeps its own pace: a task that is ahead by what it got too late the last time waits that much longer.
    """
    line = facts.line
    made: dict[int, float] = {}
    ahead: dict[int, float] = defaultdict(float)
    in_order = sorted(touches, key=lambda touch: touch.time)
    last = {touch.by: touch for touch in in_order}
    for touch in in_order:
        late_s = _spared(facts, touch) if touch is last[touch.by] else touch.late_s
        for step in woken(line, touch).tolist():
            node, ref = int(facts.nodes.node_of[step]), int(line.ref[step])
            if node not in made and (line.root_foreign[step] or step == touch.step):
                # A job begins when its task sends it, however late that was the last time.
                made[node] = late_s - (0.0 if facts.nodes.waits_job[node] else ahead[ref])
                ahead[ref] = late_s
    return made


def _spared(facts: ProcessFacts, touch: Touch) -> float:
    """What the loop slept of it after the thread had ended: what else the thread brought until then (an event that
    is set already is set again, and nothing tells) was waited for as well.  One that ends only when the loop goes on
    (a pool's, shut down then) brought nothing more."""
    end = facts.line.threads[touch.by].end if touch.by in facts.line.threads else None
    return touch.late_s if end is None or end >= touch.noticed else min(touch.late_s, touch.noticed - end)


def _woken(facts: ProcessFacts, touches: list[Touch]) -> tuple[Victim, ...]:
    """Whose steps came late."""
    line = facts.line
    late: dict[Site, list[float]] = defaultdict(list)
    for touch in touches:
        for step in woken(line, touch).tolist():
            task = line.tasks.get(int(line.ref[step]))
            if task is not None and task.code is not None and facts.origins.is_user(task.code.site):
                late[_stands(facts, step) or task.code.site].append(touch.late_s)
    made = [Victim(site, len(lengths), sum(lengths)) for site, lengths in late.items()]
    return tuple(sorted(made, key=lambda victim: -victim.late_s))


def _stands(facts: ProcessFacts, step: int) -> Site | None:
    """The user's line at which the task of a step had waited."""
    stack = int(facts.standing.before(np.array([step]))[0])
    return facts.origins.user_site(facts.stack(stack)) if stack else None


def _waited(victims: tuple[Victim, ...]) -> tuple[Related, ...]:
    return tuple(Related("waited for here", victim.site) for victim in victims[:2])


def _words(facts: ProcessFacts, touch: Touch, name: str, lengths: list[float], never: bool) -> Words:
    by = facts.line.thread_name(touch.by)
    on = facts.line.thread_name(touch.thread)
    noticed = "never noticed" if never and len(lengths) == 1 else f"noticed {several(lengths)} late"
    return Words(
        headline=f"`{name}` from thread {by} does not wake the event loop",
        label=f"the loop slept on and {noticed}",
        message=(
            f"`{name}` was called {times(len(lengths))} in thread {by} for the event loop of {on} without "
            f"`call_soon_threadsafe`: the loop was not woken and slept on, {seconds(sum(lengths))} in all"
            f"{', or for ever' if never else ''}."
        ),
    )


def _remedies(name: str, text: str) -> tuple[Remedy, ...]:
    short = text if text and len(text) <= 60 and "\n" not in text else f"{name}(...)"
    function, _, arguments = short.partition("(")
    arguments = arguments.removesuffix(")")
    if function.endswith(".call_soon"):
        instead = f"{function.rpartition('.')[0]}.call_soon_threadsafe({arguments})"
    elif function.endswith(".create_task"):
        instead = f"asyncio.run_coroutine_threadsafe({arguments}, {function.rpartition('.')[0]})"
    else:
        instead = f"loop.call_soon_threadsafe({', '.join(part for part in (function, arguments) if part)})"
    return (Remedy(f"hand it over with the call that wakes the loop: `{instead}`", Safety.SAFE),)
