"""What tasks queued for: grouped by where the lock, limit or channel was made, with who held it and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from asyncwhy.analysis.contention import ACQUIRE, Primitive, Queued, Wait
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.relink import Links
from asyncwhy.model import Site, Victim
from asyncwhy.source.interface import Source

#: Up to so many nodes more is replayed than what the finding's gain needs.
SMALL = 100_000
#: Tokens of worker threads are told by `pool-saturated`, which knows the jobs.
WORKER_TOKENS = "run_sync_in_worker_thread"
#: Whoever holds a limit for a child process that computes for this share of the time waits for a core.
COMPUTING = 0.5
#: Where tasks await child processes: asyncio, anyio and trio.
CHILDREN = ("subprocess.py", "subprocesses.py")
#: A lock keeps a rate if this share of the time for which it is held is slept for that.
MOSTLY = 0.5
#: A task's suspended stack inside the awaits that its own line began is followed so many tasks outwards.
OUTWARDS = 8
_SEMAPHORES = frozenset(("Semaphore", "BoundedSemaphore"))


@dataclass
class Contended:
    """All queueing for primitives made at one place, and what their holders awaited: seconds by stack."""

    facts: ProcessFacts
    primitives: list[Primitive] = field(default_factory=list)
    queued: list[Queued] = field(default_factory=list)
    held: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def kind(self) -> str:
        """The class of the primitives."""
        return self.primitives[0].kind

    @property
    def limit(self) -> int:
        """The limit that was set; 0 where there is none."""
        return max(primitive.limit for primitive in self.primitives)

    @property
    def is_signal(self) -> bool:
        """Whether they are semaphores made with nothing to take: who waits for one waits to be told something."""
        made = [one for one in self.primitives if one.stack]
        return bool(made) and self.limit == 0 and self.kind.rpartition(".")[2] in _SEMAPHORES

    @property
    def late_s(self) -> float:
        """Seconds that tasks queued, summed."""
        return sum(one.seconds for one in self.queued)

    def made_at(self) -> Site | None:
        """The user's line that made them."""
        return user_line(self.facts, self.facts.stack(self.primitives[0].stack))

    def waiting_lines(self) -> tuple[Victim, ...]:
        """The user's lines that queued, those that waited longest first."""
        return waiting_lines(self.facts, self.queued)

    def holding_line(self) -> Site | None:
        """The line at which holders awaited most, in the function that took what the others wanted."""
        takers = {
            (site.file, site.function)
            for stack in {one.stack for one in self.queued}
            if (site := user_line(self.facts, self.facts.stack(stack))) is not None
        }
        seconds: dict[Site, float] = defaultdict(float)
        for stack, held_s in self.held.items():
            site = line_within(self.facts, self.facts.stack(stack), takers)
            if site is not None:
                seconds[site] += held_s
        return max(seconds, key=lambda site: seconds[site]) if seconds else None

    def fills_cores(self) -> bool:
        """Whether those let through have child processes compute, at least one for each core: more of them at once
        would share the same cores."""
        held = sum(self.held.values())
        if self.limit < self.facts.cores or not self.facts.children_cpu_s >= COMPUTING * held > 0:
            return False
        stood = [site for stack in self.held for site in self.facts.stack(stack)]
        theirs = {(site.file, site.function) for site in stood if self.facts.origins.is_user(site)}
        began = (self.facts.stack(event["stack"]) for event in self.facts.process.named("child"))
        return any(site.file.endswith(CHILDREN) for site in stood) or any(
            (site.file, site.function) in theirs for stack in began for site in stack
        )

    def keeps_rate(self, source: Source) -> bool:
        """Whether the holders mostly slept to keep a rate: those who queue are to wait."""
        slept = sum(
            held_s
            for stack, held_s in self.held.items()
            if (site := user_line(self.facts, self.facts.stack(stack))) is not None
            and source.paces(site.file, site.line)
        )
        return slept > MOSTLY * sum(self.held.values())


def contended(facts: ProcessFacts, what: int, wanted: set[int]) -> list[Contended]:
    """Queueing of one kind for those of the `wanted` primitives, by where they were made."""
    known = facts.contention
    groups: dict[tuple[str, int], Contended] = {}
    grants: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one in known.queued:
        grants[one.primitive, one.task].append(one.until)
    for one in known.queued:
        if one.primitive not in wanted or one.what != what or _is_token(facts, one):
            continue
        primitive = known.primitives[one.primitive]
        key = (primitive.kind, -primitive.number if primitive.inferred else primitive.stack or one.stack)
        group = groups.setdefault(key, Contended(facts))
        if primitive not in group.primitives:
            group.primitives.append(primitive)
        group.queued.append(one)
        if one.holder >= 0:
            for wait, seconds in _holding(facts, one, grants):
                group.held[wait.stack] += seconds
    return list(groups.values())


def _holding(
    facts: ProcessFacts, one: Queued, grants: Mapping[tuple[int, int], list[float]]
) -> list[tuple[Wait, float]]:
    """What the holder awaited meanwhile, since it was its turn; one made only to give it back stands for the task
    that made it."""
    found = _awaited(facts, one, grants, one.holder)
    if not found and (maker := _gave_back_for(facts, one, grants)):
        return _awaited(facts, one, grants, maker)
    return found


def _awaited(
    facts: ProcessFacts, one: Queued, grants: Mapping[tuple[int, int], list[float]], holder: int
) -> list[tuple[Wait, float]]:
    since = max([one.asked, *_before(grants.get((one.primitive, holder), ()), one.until)])
    return list(facts.contention.waits_between(holder, since, one.until))


def _gave_back_for(facts: ProcessFacts, one: Queued, grants: Mapping[tuple[int, int], list[float]]) -> int:
    """The task that made the holder only to give it back (a `shield` on the way out): the holder did not queue for
    it, and was not there yet when others did.  0 for a holder in its own right, however short it held it."""
    holder = facts.line.tasks.get(one.holder)
    if holder is None or (one.primitive, one.holder) in grants or holder.created < one.asked:
        return 0
    return holder.parent


def _before(times: Iterable[float], until: float) -> Iterable[float]:
    return (time for time in times if time < until)


def _is_token(facts: ProcessFacts, one: Queued) -> bool:
    return any(site.function.endswith(WORKER_TOKENS) for site in facts.stack(one.stack)[:6])


def user_line(facts: ProcessFacts, stack: Sequence[Site]) -> Site | None:
    """The user's innermost line, or None if there is none; code made by libraries has no line to show."""
    return next(
        (
            site
            for site in stack
            if facts.origins.is_user(site) and (site.file[:1] != "<" or site.file in ("<string>", "<stdin>"))
        ),
        None,
    )


def line_within(facts: ProcessFacts, stack: Sequence[Site], functions: set[tuple[str, str]]) -> Site | None:
    """The innermost line of a stack that stands in one of the functions; else the user's innermost."""
    for site in stack:
        if (site.file, site.function) in functions:
            return site
    return user_line(facts, stack)


def waiting_lines(facts: ProcessFacts, queued: Iterable[Queued]) -> tuple[Victim, ...]:
    """The user's lines that queued, those that waited longest first."""
    seconds: dict[Site, list[float]] = defaultdict(list)
    for one in queued:
        site = user_line(facts, facts.sent_stack(one.stack, one.task))
        if site is not None:
            seconds[site].append(one.seconds)
    made = [Victim(site, len(each), sum(each)) for site, each in seconds.items()]
    return tuple(sorted(made, key=lambda victim: -victim.late_s))


def freed(queued: Iterable[Queued]) -> Links:
    """Nobody queues: each goes on when it asked.  Waits that nobody's release ended stay as they were."""
    own = [one for one in queued if one.holder >= 0]
    since = {one.node: one.since for one in own if one.since is not None}
    return Links(freed={one.node for one in own}, instead=since)


def wider(facts: ProcessFacts, group: Contended, more: int) -> Links:
    """The limit lets so many more through: each goes on with the release that came `more` before its own."""
    links = freed(group.queued)
    edges = facts.nodes.edges
    release = dict(
        zip(edges.child.tolist(), zip(edges.node.tolist(), edges.offset.tolist(), strict=True), strict=True)
    )
    for number in {one.primitive for one in group.queued}:
        own = sorted(
            (one for one in group.queued if one.primitive == number and one.holder >= 0),
            key=lambda one: one.asked,
        )
        line: list[Queued] = []
        for one in own:
            if line and one.asked > line[-1].until:
                line = []  # the queue was empty in between
            line.append(one)
            if len(line) > more:
                given = release.get(line[-1 - more].node)
                if given is not None:
                    links.instead[one.node] = given
    return links


def package_of(group: Contended) -> str | None:
    """The library that takes it, beneath the user's line; not the one whose primitive it is."""
    facts = group.facts
    own = {group.primitives[0].module.partition(".")[0]}
    if "trio" in own:
        own.add("anyio")  # whose primitives are trio's own there
    for site in facts.stack(group.queued[0].stack):
        origin = facts.origins.of(site.file)
        package = facts.origins.package(site.file)
        if origin is not Origin.STANDARD and package not in own:
            return package if origin is Origin.LIBRARY else None
    return None


def locks(facts: ProcessFacts) -> set[int]:
    """The primitives that let one through at a time."""
    return {
        number for number, one in facts.contention.primitives.items() if one.kind.rpartition(".")[2] == "Lock"
    }


def acquired(facts: ProcessFacts) -> set[int]:
    """The primitives that tasks acquire and release: locks, semaphores, limiters and connection pools."""
    return {one.primitive for one in facts.contention.queued if one.what == ACQUIRE}
