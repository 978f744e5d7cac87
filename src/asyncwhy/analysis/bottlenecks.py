"""What worker threads wait for among themselves: a lock, a limit, a pool's things; and who is past it meanwhile.

Nothing records who holds a lock of `threading`.  Samples tell it: threads stand at the line that takes it, off the
CPU, and others at lines at which it is held.  Whoever reads the source says which lines those are (`Gate`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Samples
from asyncwhy.analysis.lateness import Held
from asyncwhy.analysis.lookup import disjoint
from asyncwhy.analysis.stuck import SHORTEST_S, STILL_S
from asyncwhy.analysis.timeline import Floats
from asyncwhy.model import Site

#: Two samples of a thread further apart than this tell nothing of the time between them.
APART_S = 0.1
#: While others wait, always as many must be past it: for this share of the time exactly so many...
ALWAYS = 0.6
#: ...and for no more than this share more of them.
MORE = 0.15
#: Those that waited must hold it themselves for this share of the time for which they were kept waiting: where the
#: first one does the work for all (a cache), the wait is wanted.
THEIRS = 0.3
#: Holders that use the CPU for more than this share gain nothing from overlapping: they have one GIL.
COMPUTING = 0.5


@dataclass(frozen=True, slots=True)
class Gate:
    """A line that takes something (`site`), and where it is held then: at `lines` (file, function, first, last) of
    some frame, or beneath any of the library's `frames` (file, function) through which it is taken.  `name`, `kind`
    and `made` are what it is called, its class and where it was made, as far as that is known."""

    site: Site
    lines: tuple[str, str, int, int] | None
    frames: frozenset[tuple[str, str]]
    name: str = ""
    kind: str = ""
    made: Site | None = None

    def is_past(self, stack: tuple[Site, ...]) -> bool:
        """Whether a stack stands where it is held."""
        if self.lines is None:
            return any((site.file, site.function) in self.frames for site in stack)
        file, function, first, last = self.lines
        return any(
            site.file == file and site.function == function and first <= site.line <= last for site in stack
        )


@dataclass(frozen=True, slots=True)
class Stay:
    """A thread stood somewhere from `start` to `end`, running the job of that index (-1: none)."""

    thread: int
    job: int
    start: float
    end: float
    stack: int

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.start


@dataclass
class Bottleneck:
    """What let `at_once` threads through at a time: those that waited at the gates, and those that were past them."""

    gates: list[Gate]
    waits: list[Stay]
    past: list[Stay] = field(default_factory=list)
    at_once: int = 0

    @property
    def waited_s(self) -> float:
        """Seconds that threads waited, summed."""
        return sum(one.seconds for one in self.waits)

    @property
    def jobs(self) -> dict[int, float]:
        """The jobs that waited, and for how long."""
        made: dict[int, float] = defaultdict(float)
        for one in self.waits:
            if one.job >= 0:
                made[one.job] += one.seconds
        return made

    @property
    def during(self) -> Floats:
        """The stretches in which somebody waited."""
        return disjoint(np.array([(one.start, one.end) for one in self.waits], np.float64))

    @property
    def held(self) -> dict[int, float]:
        """For how long it was held while somebody waited, by the stack at which."""
        waited = Held(self.during)
        made: dict[int, float] = defaultdict(float)
        for one in self.past:
            made[one.stack] += waited.inside(np.array([(one.start, one.end)]))
        return made


#: What a stack (from its innermost frame) stands at, as far as the source tells it.
Reader = Callable[[tuple[Site, ...]], Gate | None]


def bottlenecks(facts: ProcessFacts, gate_of: Reader) -> list[Bottleneck]:
    """The lines at which jobs or the user's own threads waited for each other, one (or k) at a time being past."""
    gates: dict[int, Gate | None] = {}
    found: dict[tuple[str, int], Bottleneck] = {}
    for thread, stack, start, end in _stills(facts):
        if stack not in gates:
            gates[stack] = gate_of(facts.stack(stack))
        gate, job = gates[stack], facts.job_at(thread, (start + end) / 2)
        if gate is None or (job is None and not _is_users(facts, thread)):
            continue
        one = found.setdefault((gate.site.file, gate.site.line), Bottleneck([], []))
        if gate not in one.gates:
            one.gates.append(gate)
        one.waits.append(Stay(thread, -1 if job is None else job, start, end, stack))
    made = []
    for one in found.values():
        one.past = list(_past(facts, one, gates))
        one.at_once = _at_once(one)
        if one.at_once and _is_theirs(one) and not _computes(facts, one):
            made.append(one)
    return made


def _stills(facts: ProcessFacts) -> Iterator[tuple[int, int, float, float]]:
    """(thread, stack, start, end) of the long stretches in which a thread without a loop did not run at all."""
    loops = set(facts.line.loop_threads())
    for thread, own in facts.samples.items():
        if thread in loops:
            continue
        low, high = _edges(own)
        index, count = 0, len(own.first)
        while index < count:
            last = index
            while last + 1 < count and _goes_on(own, last):
                last += 1
            start, end = float(low[index]), float(high[last])
            if own.last[last] - own.first[index] >= SHORTEST_S:
                yield thread, int(own.stack[index]), start, end
            index = last + 1


def _goes_on(own: Samples, index: int) -> bool:
    """Whether the next row is the same wait still."""
    same = own.stack[index + 1] == own.stack[index]
    return bool(same and own.cpu_first[index + 1] - own.cpu_last[index] < STILL_S)


def _edges(own: Samples) -> tuple[Floats, Floats]:
    """When each row's stretch began and ended: half-way to its neighbours, unless they are far off."""
    between = (own.last[:-1] + own.first[1:]) / 2
    near = own.first[1:] - own.last[:-1] < APART_S
    low, high = own.first.copy(), own.last.copy()
    low[1:] = np.where(near, between, low[1:])
    high[:-1] = np.where(near, between, high[:-1])
    return low, high


def _is_users(facts: ProcessFacts, thread: int) -> bool:
    """Whether it is a thread that the user's code started for a function of its own."""
    fact = facts.line.threads.get(thread)
    return (
        fact is not None
        and fact.target is not None
        and thread not in facts.by_worker
        and facts.origins.is_user(fact.target.site)
    )


def _past(facts: ProcessFacts, one: Bottleneck, known: dict[int, Gate | None]) -> Iterator[Stay]:
    """Where threads were past the gates: in jobs, in threads of the user's own, and in loops."""
    loops = set(facts.line.loop_threads())
    inside: dict[int, bool] = {}
    sites = {(gate.site.file, gate.site.line) for gate in one.gates}
    for thread, own in facts.samples.items():
        lows, highs = _edges(own)
        for index in np.flatnonzero(own.stack > 0).tolist():
            stack = int(own.stack[index])
            if stack not in inside:
                gate = known.get(stack)
                waits = gate is not None and (gate.site.file, gate.site.line) in sites
                inside[stack] = not waits and any(each.is_past(facts.stack(stack)) for each in one.gates)
            if not inside[stack]:
                continue
            job = facts.job_at(thread, float(own.first[index]))
            if job is not None or thread in loops or _is_users(facts, thread):
                number = -1 if job is None else job
                yield Stay(thread, number, float(lows[index]), float(highs[index]), stack)


def _at_once(one: Bottleneck) -> int:
    """How many were past the gates while others waited; 0 if it was not always about as many."""
    seconds = _counted(one)
    total = sum(seconds.values())
    if total <= 0:
        return 0
    most = max(seconds, key=lambda count: seconds[count])
    more = sum(length for count, length in seconds.items() if count > most)
    return most if seconds[most] >= ALWAYS * total and more <= MORE * total else 0


def _counted(one: Bottleneck) -> dict[int, float]:
    """How many were past the gates -> for how many seconds, of those in which somebody waited."""
    edges = [(stay.start, 0, 1) for stay in one.waits] + [(stay.end, 0, -1) for stay in one.waits]
    edges += [(stay.start, 1, 1) for stay in one.past] + [(stay.end, 1, -1) for stay in one.past]
    made: dict[int, float] = defaultdict(float)
    counts, before = [0, 0], 0.0
    for time, which, step in sorted(edges):
        if counts[0]:
            made[counts[1]] += time - before
        counts[which] += step
        before = time
    return made


def _is_theirs(one: Bottleneck) -> bool:
    """Whether those that had waited then held it themselves."""
    ended: dict[tuple[int, int], float] = {}
    for wait in one.waits:
        key = wait.thread, wait.job
        ended[key] = min(wait.end, ended.get(key, wait.end))
    after = sum(
        stay.seconds
        for stay in one.past
        if ended.get((stay.thread, stay.job), np.inf) <= stay.start + SHORTEST_S
    )
    kept = sum(count * length for count, length in _counted(one).items())
    return after >= THEIRS * kept


def _computes(facts: ProcessFacts, one: Bottleneck) -> bool:
    """Whether those that were past it used the CPU."""
    used: dict[int, Floats] = {}
    cpu = 0.0
    for stay in one.past:
        own = facts.samples[stay.thread]
        if stay.thread not in used:
            used[stay.thread] = np.append(own.cpu_first[1:], own.cpu_last[-1:]) - own.cpu_first
        begins, ends = np.searchsorted(own.first, stay.start), np.searchsorted(own.last, stay.end, "right")
        cpu += float(used[stay.thread][begins:ends].sum())
    return cpu > COMPUTING * sum(stay.seconds for stay in one.past)
