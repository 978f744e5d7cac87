"""What a cause hands over: a finding before the replay has priced it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.hotlines import Reading
from asyncwhy.analysis.replay import Replay
from asyncwhy.catalog import Advice, Catalog, Entry, load
from asyncwhy.model import Effects, Evidence, Pace, Related, Remedy, Site, Victim
from asyncwhy.source.interface import Await, Source


@dataclass(frozen=True, slots=True)
class Suffering:
    """The `victims`, most late first, and how late they were in all (`hurt_s`); and in seconds how late those were
    that lost nothing: `ticks_s` the libraries' housekeeping, `idle_s` all others."""

    victims: tuple[Victim, ...] = ()
    hurt_s: float = 0.0
    ticks_s: float = 0.0
    idle_s: float = 0.0

    def plus(self, other: Suffering) -> Suffering:
        """Both; who suffered from both is one victim."""
        late: dict[Site, Victim] = {}
        for one in (*self.victims, *other.victims):
            seen = late.get(one.site, Victim(one.site, 0, 0.0))
            late[one.site] = Victim(one.site, seen.count + one.count, seen.late_s + one.late_s)
        return Suffering(
            tuple(sorted(late.values(), key=lambda victim: -victim.late_s)),
            self.hurt_s + other.hurt_s,
            self.ticks_s + other.ticks_s,
            self.idle_s + other.idle_s,
        )


@dataclass(frozen=True, slots=True)
class Words:
    """The first line, what was measured at the site, and one whole sentence."""

    headline: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a call beyond its name: the catalogue's `entry`, what is to be done about all that passes
    `through` a frame beneath it, and whether it lets other threads run Python meanwhile."""

    entry: Entry | None = None
    advice: Advice | None = None
    through: str = ""
    releases_gil: bool = False


@dataclass
class Draft:
    """A cause at a site, with what its fix would change in the replay.

    `spans` are the stretches of `thread` that the finding explains, so that two causes do not claim the same
    time; `worth` says that it matters whatever it saves (lost work, for instance).  `remedies` are the ways out
    that can be said without the source; `asyncwhy.fix` writes those that are diffs, for which `known` is what the
    catalogue says of the call.
    """

    cause: str
    facts: ProcessFacts
    site: Site
    words: Words
    count: int
    cost_s: float | None
    call: str = ""
    operation: str = "other"
    inside_library: str | None = None
    stack: tuple[Site, ...] = ()
    started_by: Site | None = None
    related: tuple[Related, ...] = ()
    victims: tuple[Victim, ...] = ()
    effects: Effects = Effects()
    suffering: Suffering = Suffering()  # of a hold: how much of the lateness hurt
    evidence: Evidence = Evidence.MEASURED
    remedies: tuple[Remedy, ...] = ()
    known: Known = Known()
    loop: int | None = (
        None  # the line of the loop over which a computation is spread, where no call explains it
    )
    computes: bool = False  # its time is time on the CPU, whatever it is called
    steps: frozenset[int] = frozenset()  # of a hold: those in which it happened
    sized_at: Site | None = None  # the user's line that made a pool or limit that is too small...
    wanted: int = 0  # ...and how large it would have to be
    change: Change | None = None
    for_answer: bool = False  # a framework's own work on what the user's function at `site` returned
    awaits: tuple[Await, ...] = ()  # those that a fix would let overlap
    saved_s: float | None = None  # what the fix saves, where it is reckoned without the replay
    spared_s: float = 0.0  # how much sooner those concerned are done, whatever else the run's end waits for
    in_threads: tuple[float, float] | None = None  # (possible, gain) where threads compute, under one GIL
    hurts: bool = True
    worth: bool = False
    thread: int = 0
    spans: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Priced:
    """A draft with what its removal saves, and the pace that is then left; `replay` is there for the dearest of each
    process only."""

    draft: Draft
    gain_s: float | None
    replay: Replay | None = None
    pace: Pace | None = None


@dataclass
class Run:
    """What causes may ask: the facts, the user's source and the catalogue."""

    facts: Facts
    source: Source

    @cached_property
    def catalog(self) -> Catalog:
        """What is known to block, and what frames do."""
        return load("python")

    @property
    def reading(self) -> Reading:
        """What the analysis of computing asks of the source."""
        return Reading(self.source.loop_around, self.is_async)

    def is_async(self, site: Site) -> bool:
        """Whether the function at a site is a coroutine function."""
        function = self.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        return bool(function and function.is_async)

    def never_suspends(self, site: Site) -> bool:
        """Whether it is one that has no await of its own."""
        function = self.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        return bool(function and function.is_async and not function.suspends)
