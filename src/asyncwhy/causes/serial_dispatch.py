"""`serial-dispatch`: the next message is taken only after the last one's handler has ended."""

from __future__ import annotations

from asyncwhy.analysis.change import Change
from asyncwhy.causes.channels import Channel, channels
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.relief import relief
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Remedy, Safety, Victim

SLUG = "serial-dispatch"


def find(run: Run) -> list[Draft]:
    """Dispatchers that await each handler while messages lie in their channel."""
    return [
        _draft(run, channel)
        for facts in run.facts.processes
        for channel in channels(facts)
        if not channel.producers_wait
    ]


def _draft(run: Run, channel: Channel) -> Draft:
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
            headline="each message waits until the one before has been handled",
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
        remedies=(
            Remedy(
                "look for a setting of the framework (concurrent updates, prefetch), or make a task for each "
                "message, with a bound; messages are then no longer handled in order",
                Safety.CHANGES_BEHAVIOUR,
            ),
        ),
        change=Change(links=channel.links()),
        spared_s=spared.last_s if spared else 0.0,
    )
