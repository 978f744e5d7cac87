"""`concurrency-limit`: a semaphore, a connection pool or a single consumer is what the speed depends on."""

from __future__ import annotations

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.contention import ACQUIRE, GET
from asyncwhy.causes import relief, thread_queues
from asyncwhy.causes.channels import Channel, channels
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.queueing import (
    SMALL,
    Contended,
    acquired,
    contended,
    freed,
    locks,
    package_of,
    wider,
)
from asyncwhy.causes.seconds import queue, seconds
from asyncwhy.causes.single_thread import single_threads
from asyncwhy.causes.worth import LEAST_SHARE
from asyncwhy.model import Effects, Related, Remedy, Safety, Site, Victim

SLUG = "concurrency-limit"


def find(run: Run) -> list[Draft]:
    """Limits for which tasks queued, channels that one consumer empties, threads that answer one by one."""
    made = []
    for facts in run.facts.processes:
        groups = contended(facts, ACQUIRE, acquired(facts) - locks(facts))
        pools = {number for number, one in facts.contention.primitives.items() if one.is_pool}
        groups += contended(facts, GET, pools)
        for group in groups:
            draft = _limit(run, group)
            if draft is not None:
                made.append(draft)
        for channel in channels(facts):
            if channel.producers_wait:
                made.append(_consumer(run, channel))
        made.extend(single_threads(run, facts, SLUG))
    return [*made, *thread_queues.drafts(run, SLUG, locks=False)]


# --- limits --------------------------------------------------------------------------------------------


def _limit(run: Run, group: Contended) -> Draft | None:
    facts = group.facts
    waiting = group.waiting_lines()
    defined = group.made_at() or made_for(run, waiting)
    site = defined or (waiting[0].site if waiting else None)
    if site is None or group.is_signal or group.fills_cores() or group.keeps_rate(run.source):
        return None
    held = group.holding_line()
    spared = relief.of_group(group)
    limit = group.limit or _things(group)
    related = []
    if held is not None:
        related.append(Related("held here", held, f"{seconds(sum(group.held.values()))} while others queued"))
    related += [
        Related("waited here", one.site, f"{one.count} times, {seconds(one.late_s / one.count)} on average")
        for one in waiting[:3]
    ]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(group, limit),
        count=len(group.queued),
        cost_s=group.late_s,
        call=call.qualified if call is not None else group.kind,
        operation="lock",
        inside_library=package_of(group),
        stack=(site,),
        related=tuple(related),
        victims=waiting,
        effects=Effects(late_s=group.late_s),
        remedies=_remedies(run, group, limit),
        change=Change(links=freed(group.queued)),
        spared_s=spared.last_s if spared else 0.0,
        worth=relief.hurts_those(run, group, spared),
    )


def made_for(run: Run, waiting: tuple[Victim, ...]) -> Site | None:
    """Where the source makes what is asked at the lines that wait, if nobody saw it being made."""
    for one in waiting:
        made = run.source.maker_at(one.site.file, one.site.line)
        if made is not None:
            return Site(made.file, made.line, made.column, made.function)
    return None


def _things(group: Contended) -> int:
    """How many things a pool held: those that were taken before anybody had to wait."""
    first = min(one.asked for one in group.queued)
    number = group.primitives[0].number
    return sum(take.primitive == number and take.got <= first for take in group.facts.contention.takes)


def _name(group: Contended, limit: int) -> str:
    name = group.kind.rpartition(".")[2].lstrip("_")
    of = f" of {limit}" if limit else ""
    words = {
        "Agent": "the connections of an `http.Agent`",
        "Dispatcher": "the connections of undici",
        "Semaphore": "a semaphore",
        "BoundedSemaphore": "a semaphore",
        "CapacityLimiter": "a limiter",
    }
    return words.get(name, "a pool" if group.primitives[0].is_pool else f"a `{name}`") + of


def _words(group: Contended, limit: int) -> Words:
    tasks = len({one.task for one in group.queued})
    mean = group.late_s / len(group.queued)
    name = _name(group, limit)
    return Words(
        headline=f"{queue(tasks)} for {name}",
        label=f"{name}: {len(group.queued)} waits, {seconds(mean)} on average",
        message=(
            f"{queue(tasks)} for {name}, {seconds(mean)} on average. If the limit is wanted (it may protect a "
            "database, a peer, memory or a rate), this is what it costs; if it is a default, choose it."
        ),
    )


def _remedies(run: Run, group: Contended, limit: int) -> tuple[Remedy, ...]:
    title = "find out what the limit protects and how much that can bear, then raise it in steps and measure"
    possible = None
    facts = group.facts
    if limit and not run.facts.endless and len(facts.nodes.start) <= SMALL:
        changed = facts.replayed(Change(links=wider(facts, group, limit)))
        saved = max(facts.baseline.last - changed.last, 0.0)
        possible = max(run.facts.wall_s - saved, 0.0)
        if saved >= LEAST_SHARE * run.facts.wall_s:
            title += f"; with {2 * limit} instead of {limit}:"
    return (
        Remedy(title, Safety.CHANGES_BEHAVIOUR, possible_s=possible),
        Remedy("hold it for less: await under the limit only what it is there for", Safety.SKETCH),
    )


# --- channels ------------------------------------------------------------------------------------------


def _consumer(run: Run, channel: Channel) -> Draft:
    facts = channel.facts
    spared = relief.relief(facts, channel.links())
    call = run.source.call_at(
        channel.site.file, channel.site.line, channel.site.column or None, None, channel.site.end_column
    )
    late = sum(one.late_s for one in channel.producers)
    size = f" of {channel.limit}" if channel.limit else ""
    return Draft(
        cause=SLUG,
        facts=facts,
        site=channel.site,
        words=Words(
            headline="one consumer empties a channel that everything passes through",
            label=f"{channel.count} items waited here for the one before, {seconds(channel.handled_s)} in all",
            message=(
                f"The channel{size} was full: its producers waited {seconds(late)} for its only consumer, which "
                f"awaits in line {channel.site.line} before it takes the next item. A larger channel would not help."
            ),
        ),
        count=channel.count,
        cost_s=channel.handled_s,
        call=call.qualified if call is not None else "await",
        operation="queue",
        stack=(channel.site,),
        related=channel.related(),
        victims=channel.producers,
        effects=Effects(late_s=late),
        remedies=(
            Remedy(
                "start several consumers, if the order does not matter; a larger channel would gain nothing",
                Safety.CHANGES_BEHAVIOUR,
            ),
        ),
        change=Change(links=channel.links()),
        spared_s=spared.last_s if spared else 0.0,
    )
