"""What a cause hands over: a finding before the replay has priced it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.lateness import Late
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.replay import Replay
from asyncwhy.catalog import Advice, Catalog, Entry, load
from asyncwhy.model import Effects, Evidence, Pace, Related, Remedy, Site, Victim
from asyncwhy.source.interface import Await, Source


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
    evidence: Evidence = Evidence.MEASURED
    remedies: tuple[Remedy, ...] = ()
    known: Known = Known()
    loop: int | None = (
        None  # the line of the loop over which a computation is spread, where no call explains it
    )
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

    def victims(self, facts: ProcessFacts, late: list[Late]) -> tuple[Victim, ...]:
        """Lateness with its places."""
        made = []
        for one in late:
            place = facts.line.place(one.ref)
            if place is not None and facts.origins.of(place.site.file) is not Origin.STANDARD:
                made.append(Victim(place.site, one.count, one.late_s))
        return tuple(made)

    def is_async(self, site: Site) -> bool:
        """Whether the function at a site is a coroutine function."""
        function = self.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        return bool(function and function.is_async)

    def never_suspends(self, site: Site) -> bool:
        """Whether it is one that has no await of its own."""
        function = self.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        return bool(function and function.is_async and not function.suspends)
