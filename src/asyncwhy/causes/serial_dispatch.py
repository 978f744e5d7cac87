"""`serial-dispatch`: the next message is taken only after the last one's handler has ended."""

from __future__ import annotations

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.causes import await_in_loop
from asyncwhy.causes.channels import Channel, channels
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import executions, hurts_by_itself, own_stack, site_of, told
from asyncwhy.causes.relief import relief
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Related, Remedy, Safety, Site, Victim

SLUG = "serial-dispatch"

_HEADLINE = "each message waits until the one before has been handled"


def find(run: Run) -> list[Draft]:
    """Dispatchers that await each handler while messages lie in their channel, or in a stream."""
    from_channels = [
        _of_channel(run, channel)
        for facts in run.facts.processes
        for channel in channels(facts)
        if not channel.producers_wait
    ]
    from_streams = [
        _of_stream(run, each.facts, found)
        for each in executions(run)
        for found in await_in_loop.loops(run, each)
        if found.dispatches
    ]
    return from_channels + from_streams


_TASKS = (
    "look for a setting of the framework (concurrent updates, prefetch), or make a task for each message, with a "
    "bound; messages are then no longer handled in order"
)
_ANSWERS = ", nor answered in it, and many connections let only one send at a time: send under a lock"


def _of_channel(run: Run, channel: Channel) -> Draft:
    site = channel.site
    spared = relief(channel.facts, channel.links())
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    mean = channel.late_s / channel.count
    waited = (Victim(channel.took_at, channel.count, channel.late_s),) if channel.took_at else ()
    return Draft(
        cause=SLUG,
        facts=channel.facts,
        site=site,
        words=Words(
            headline=_HEADLINE,
            label=f"up to {channel.deepest} messages waited while one was handled here",
            message=(
                f"{channel.count} messages waited {seconds(mean)} on average because the dispatcher awaits the "
                f"handler (line {site.line}) before it takes the next one."
            ),
        ),
        count=channel.count,
        cost_s=channel.late_s,
        call=call.qualified if call is not None else "await",
        operation="queue",
        stack=(site,),
        related=channel.related(),
        victims=waited,
        effects=Effects(late_s=channel.late_s),
        remedies=(Remedy(_TASKS, Safety.CHANGES_BEHAVIOUR),),
        change=Change(links=channel.links()),
        spared_s=spared.last_s if spared else 0.0,
        worth=hurts_by_itself(
            run, channel.facts, [one.task for one in channel.consumptions], channel.handled_s
        ),
    )


def _of_stream(run: Run, facts: ProcessFacts, found: await_in_loop.Found) -> Draft:
    """When each message came is not known, but that it was there when the one before had been handled."""
    first, others = found.heaviest()
    turns, longest = found.longest(first)
    stack = own_stack(facts, turns.call, longest.one)
    tasks = list(dict.fromkeys(each.call.task for each in found.runs))
    lengths = [length for parts in found.parts for one in parts for length in one.lengths]
    loop, site = found.loop, site_of(first)
    taken = Site(site.file, loop.take.line if loop.take else loop.line, 0, site.function)
    related = [Related("taken here", taken, "one at a time")]
    related += [Related("and", site_of(one), "in the same turn") for one in others]
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=Words(
            headline=_HEADLINE,
            label=f"{found.late} of {len(lengths)} were there before the one before had been handled here",
            message=(
                f"the loop on line {loop.line} of `{first.function}` awaits the handler (line {site.line}) before it "
                f"takes the next message: {found.late} of {len(lengths)} lay there already, and handling them, one "
                f"after the other, took {seconds(sum(lengths))}."
            ),
        ),
        count=found.late,
        cost_s=found.late_s,
        call=first.call,
        operation="queue",
        stack=stack,
        related=(*related, *told(run, facts, tasks, stack)),
        effects=Effects(late_s=found.late_s),
        remedies=(Remedy(_TASKS + _ANSWERS, Safety.CHANGES_BEHAVIOUR),),
        awaits=(first,),
        change=found.change(facts),
        worth=hurts_by_itself(run, facts, tasks, found.late_s),
    )
