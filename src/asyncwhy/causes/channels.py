"""Channels whose only consumer is behind: items lie there while it awaits what it does with the one before."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.contention import GET, PUT, SHORT_S, Primitive, Queued, Take
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.relink import Links, Part
from asyncwhy.causes.own_channels import own_puts
from asyncwhy.causes.queueing import line_within, user_line, waiting_lines
from asyncwhy.model import Related, Site, Victim

#: Of the time between two takes the consumer must have awaited this share; else it computes, and consumers
#: more on the same loop would gain nothing.
AWAITED = 0.5
#: So many items must have waited: one may always come a moment too early.
LEAST_ITEMS = 2


@dataclass
class Consumption:
    """What the only consumer of one channel took, and what it awaited in between (seconds by stack)."""

    primitive: Primitive
    task: int
    takes: list[Take]
    late: list[Take] = field(default_factory=list)
    handled: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    between_s: float = 0.0


@dataclass
class Channel:
    """The channels made at one place, each emptied by one consumer that is behind, at `site`."""

    facts: ProcessFacts
    consumptions: list[Consumption]
    site: Site
    took_at: Site | None
    made_at: Site | None
    puts: list[Queued]
    producers: tuple[Victim, ...]

    @property
    def producers_wait(self) -> bool:
        """Whether the channel was full: its producers had to wait."""
        return bool(self.producers)

    @property
    def limit(self) -> int:
        """How much it holds; 0 is without limit."""
        return max(one.primitive.limit for one in self.consumptions)

    @property
    def count(self) -> int:
        """How many items lay there."""
        return sum(len(one.late) for one in self.consumptions)

    @property
    def late_s(self) -> float:
        """Seconds that items lay there."""
        return sum(take.seconds for one in self.consumptions for take in one.late)

    @property
    def handled_s(self) -> float:
        """Seconds that the consumers awaited between two takes."""
        return sum(sum(one.handled.values()) for one in self.consumptions)

    @property
    def deepest(self) -> int:
        """The most items that lay there at once."""
        edges = sorted(
            edge for one in self.consumptions for take in one.late for edge in ((take.put, 1), (take.got, -1))
        )
        return max(int(np.cumsum([step for _, step in edges]).max()), 1) if edges else 0

    def related(self) -> tuple[Related, ...]:
        """Where it was made, where items are taken, where producers wait."""
        made = []
        if self.took_at is not None:
            made.append(Related("taken here", self.took_at, "one item at a time"))
        if self.made_at is not None:
            made.append(
                Related("made here", self.made_at, f"holds {self.limit}" if self.limit else "no limit")
            )
        made += [Related("waited here", one.site, f"{one.count} times") for one in self.producers[:2]]
        return tuple(made)

    def links(self) -> Links:
        """Each item is begun with when it was put; what comes after the last waits for all."""
        links = Links(freed={one.node for one in self.puts if one.holder >= 0})
        for one in self.consumptions:
            _spread(self.facts, one, links)
        return links


def channels(facts: ProcessFacts) -> list[Channel]:
    """The channels of a process whose only consumers were behind because of what they awaited."""
    groups: dict[tuple[str, int], list[Consumption]] = defaultdict(list)
    for one in _consumptions(facts):
        groups[one.primitive.kind, one.primitive.stack].append(one)
    made = []
    for group in groups.values():
        channel = _channel(facts, group)
        if channel is not None and channel.count >= LEAST_ITEMS:
            made.append(channel)
    return made


def _channel(facts: ProcessFacts, group: list[Consumption]) -> Channel | None:
    numbers = {one.primitive.number for one in group}
    took = next((take.stack for one in group for take in one.takes if take.stack), 0)
    frames = [site for site in facts.stack(took) if facts.origins.is_user(site)]
    seconds: dict[Site, float] = defaultdict(float)
    for one in group:
        for stack, handled_s in one.handled.items():
            site = line_within(facts, facts.stack(stack), {(frame.file, frame.function) for frame in frames})
            if site is not None:
                seconds[site] += handled_s
    if not seconds:
        return None
    puts = [one for one in facts.contention.queued if one.what == PUT and one.primitive in numbers]
    made_at = user_line(facts, facts.stack(group[0].primitive.stack))
    site = max(seconds, key=lambda one: seconds[one])
    return Channel(
        facts, group, site, frames[0] if frames else None, made_at, puts, waiting_lines(facts, puts)
    )


def _consumptions(facts: ProcessFacts) -> list[Consumption]:
    known = facts.contention
    takes: dict[int, list[Take]] = defaultdict(list)
    for take in [*known.takes, *_from_senders(facts)]:
        if not known.primitives[take.primitive].is_pool:
            takes[take.primitive].append(take)
    asked: dict[int, list[Queued]] = defaultdict(list)
    for one in known.queued:
        if one.what == GET:
            asked[one.primitive].append(one)
    queued = {(one.task, one.wait_start) for one in known.queued}
    own_full = {one.primitive for one in own_puts(facts)}  # what makes these slow is told as a self-wait
    made = []
    for number, own in takes.items():
        consumers = {take.task for take in own} | {one.task for one in asked[number]}
        if number in own_full or len(consumers) != 1 or own[0].task not in facts.line.tasks:
            continue
        taken = Consumption(known.primitives[number], own[0].task, sorted(own, key=lambda take: take.got))
        _measure(facts, taken, [each.asked for each in asked[number]], queued)
        if taken.late and sum(taken.handled.values()) >= AWAITED * taken.between_s:
            made.append(taken)
    return made


def _from_senders(facts: ProcessFacts) -> list[Take]:
    """Items of channels without a buffer: they wait with their senders."""
    known = facts.contention
    return [
        Take(one.primitive, one.holder, one.asked, one.until, 0, 0)
        for one in known.queued
        if one.what == PUT
        and one.holder >= 0
        and known.primitives[one.primitive].limit == 0
        and not any(take.primitive == one.primitive for take in known.takes)
    ]


def _measure(
    facts: ProcessFacts, one: Consumption, asked: list[float], queued: set[tuple[int, float]]
) -> None:
    """What the consumer awaited between its takes, while the next item lay there."""
    ends = sorted([*(take.got for take in one.takes), *asked, facts.line.ended])
    for take, following in zip(one.takes, [*one.takes[1:], None], strict=True):
        if take.seconds > SHORT_S:
            one.late.append(take)
        if following is None or following.seconds <= SHORT_S:
            continue
        until = ends[bisect_right(ends, take.got)]
        low = max(take.got, following.put)
        one.between_s += max(until - low, 0.0)
        for wait, seconds in facts.contention.waits_between(one.task, low, until):
            if (one.task, wait.start) not in queued:
                one.handled[wait.stack] += seconds


def _spread(facts: ProcessFacts, one: Consumption, links: Links) -> None:
    """Cut the consumer's nodes where it took items: what follows begins when the item was put."""
    nodes = facts.nodes
    own = np.flatnonzero(nodes.ref == one.task)
    starts = nodes.start[own]
    cut: list[int] = []
    for take in one.takes:
        place = int(np.searchsorted(starts, take.got + 1e-9, "right")) - 1
        if place < 0 or take.seconds <= SHORT_S:
            continue
        node = int(own[place])
        thread = int(nodes.thread[node])
        waker = facts.node_at(thread, take.put)
        offset = min(max(take.got - float(nodes.start[node]), 0.0), float(nodes.run[node]))
        if node in links.parts or nodes.end[node] < take.got - SHORT_S or waker > node:
            continue
        at = take.put if waker < 0 else take.put - float(nodes.start[waker])
        links.parts[node] = Part(
            offset, waker, at if waker < 0 else min(max(at, 0.0), float(nodes.run[waker]))
        )
        cut.append(node)
    if cut:
        later = own[own > cut[-1]]
        last = int(later[0]) if len(later) else cut[-1]
        links.after += [(node, last) for node in cut if node != last or len(later)]
        if not len(later):
            links.after.append((last, last))
