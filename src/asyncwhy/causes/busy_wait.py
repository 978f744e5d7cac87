"""`busy-wait`: a task asks again and again whether something has happened, instead of waiting until it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.polling import Turns, turns
from asyncwhy.causes import worth
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.origin import called_from, started_by, tasks_of
from asyncwhy.causes.seconds import seconds, several, times
from asyncwhy.model import Effects, Related, Remedy, Safety, Site
from asyncwhy.source.interface import Poll

SLUG = "busy-wait"

#: Turns that make others go on more often than this share do something: they hand out work, or answer.
EFFECT = 0.2
#: A turn that takes longer than this computes; 0.1 ms is fifty times what looking at a flag takes.
LOOK_S = 0.0001


def find(run: Run) -> list[Draft]:
    """Many short turns of a task at one sleep, in a loop that only asks."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        groups: dict[Site, list[Turns]] = defaultdict(list)
        for one in turns(facts):
            index = facts.origins.user_index(one.stack)
            if index is not None and one.effect <= EFFECT and one.step_s <= LOOK_S:
                groups[one.stack[index]].append(one)
        for site, group in groups.items():
            poll = run.source.poll_at(site.file, site.line)
            # Of tasks on one thread each is charged with what lies between its turns: together no more than passed.
            threads = len({one.thread for one in group})
            cpu = min(sum(one.cpu_s for one in group), threads * max(one.lasted_s for one in group))
            if poll is not None and cpu >= max(worth.LEAST_S, worth.LEAST_SHARE * run.facts.wall_s):
                made.append(_draft(run, facts, site, group, poll, cpu))
    return made


def _draft(run: Run, facts: ProcessFacts, site: Site, group: list[Turns], poll: Poll, cpu: float) -> Draft:
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    name = call.qualified if call is not None else "sleep"
    stack = group[0].stack[group[0].stack.index(site) :]
    count = sum(one.count for one in group)
    lasted = max(one.lasted_s for one in group)
    related: list[Related] = []
    if poll.line != site.line:
        asks = Site(site.file, poll.line, 0, site.function)
        related.append(Related("asks", asks, f"`{poll.question}`"))
    related.extend(called_from(run, facts, stack))
    starter = started_by(facts, tasks_of(facts, [one.task for one in group]))
    if starter is not None:
        related.append(starter)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=Words(
            headline=f"`{poll.question}` is asked {count:,} times instead of waited for",
            label=f"{count:,} turns without effect: {seconds(cpu)} of CPU in {seconds(lasted)}",
            message=(
                f"The loop at line {poll.line} looked {count:,} times at `{poll.question}`, sleeping in `{name}` in "
                f"between: {seconds(cpu)} of CPU in {seconds(lasted)}, for nothing but to notice a change."
            ),
        ),
        count=count,
        cost_s=cpu,
        call=name,
        operation="sleep",
        stack=stack,
        started_by=starter.site if starter else None,
        related=tuple(related),
        effects=Effects(cpu_s=cpu),
        remedies=_remedies(poll),
        worth=True,
        thread=group[0].thread,
    )


#: The ways out of a loop that asks without a pause.
SPINNING = (
    Remedy(
        "await it instead: a process of `asyncio.create_subprocess_exec` (`await process.wait()`), an asyncio.Event, "
        "a future; or let a worker thread wait: `await asyncio.to_thread(process.wait)`, or `event.wait`, "
        "`future.result`, `thread.join`",
        Safety.CHANGES_BEHAVIOUR,
    ),
    Remedy(
        "where only asking is possible, `await asyncio.sleep(0.05)` in each turn", Safety.CHANGES_BEHAVIOUR
    ),
)


def spinning(poll: Poll) -> Callable[[Held], Words]:
    """The words for a loop that asks without a pause, and so holds the event loop."""

    def words(held: Held) -> Words:
        return Words(
            headline=f"`{poll.question}` is asked without a pause, and the event loop stands still",
            label=f"the loop was stopped {several(held.lengths)}, asking",
            message=(
                f"The loop at line {poll.line} asks `{poll.question}` again and again and never awaits: the event "
                f"loop was stopped {times(len(held.lengths))}, {seconds(sum(held.lengths))} in all, on the CPU for nothing."
            ),
        )

    return words


def _remedies(poll: Poll) -> tuple[Remedy, ...]:
    if poll.by_clock:
        return (
            Remedy(
                "work out when it will be so, and sleep until then, once: `await asyncio.sleep(due - now)`",
                Safety.CHANGES_BEHAVIOUR,
            ),
        )
    return (
        Remedy(
            "wait until it has happened: whoever brings it about sets an asyncio.Event (or puts into an "
            "asyncio.Queue, or ends a future), and this awaits it",
            Safety.CHANGES_BEHAVIOUR,
        ),
        Remedy(
            "where nobody can tell (a file, a device), ask at an interval of a good part of a second",
            Safety.CHANGES_BEHAVIOUR,
        ),
    )
