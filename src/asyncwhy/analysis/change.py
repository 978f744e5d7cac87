"""What a fix changes of a recorded schedule."""

from __future__ import annotations

from dataclasses import dataclass, field

from asyncwhy.analysis.relink import Links
from asyncwhy.analysis.rewiring import Rewiring


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a node's run that leaves the loop: from `offset` for `length` seconds.

    With `computes` it needs one of the machine's cores; otherwise it only takes time: as long as it took, or
    `takes` where the fix makes that different.
    """

    offset: float
    length: float
    computes: bool
    takes: float | None = None


@dataclass
class Change:
    """What fixes do: cuts by node, workers by pool, and jobs that move to a process, with the seconds that
    each needs of a core there; `like` maps a node to another one together with which it is released.  Jobs in
    `lengths` run for so many seconds instead, those in `inline` in so many where they are submitted, without a
    worker.  Nodes `earlier` are released so many seconds before their time from outside, those in `shorter` run
    for that share of their time only.  `rewired` nodes are released by others than they were, and so are those in
    `links`, which may also cut nodes in two."""

    cuts: dict[int, list[Cut]] = field(default_factory=dict)
    workers: dict[int, int] = field(default_factory=dict)
    in_processes: dict[int, float] = field(default_factory=dict)
    like: dict[int, int] = field(default_factory=dict)
    lengths: dict[int, float] = field(default_factory=dict)
    inline: dict[int, float] = field(default_factory=dict)
    earlier: dict[int, float] = field(default_factory=dict)
    shorter: dict[int, float] = field(default_factory=dict)
    rewired: Rewiring = field(default_factory=Rewiring)
    links: Links = field(default_factory=Links)

    def plus(self, other: Change) -> Change:
        """Both changes at once."""
        cuts = {node: list(own) for node, own in self.cuts.items()}
        for node, more in other.cuts.items():
            cuts.setdefault(node, []).extend(more)
        return Change(
            {node: sorted(own, key=lambda cut: cut.offset) for node, own in cuts.items()},
            {**self.workers, **other.workers},
            {**self.in_processes, **other.in_processes},
            {**self.like, **other.like},
            {**self.lengths, **other.lengths},
            {**self.inline, **other.inline},
            {**self.earlier, **other.earlier},
            {**self.shorter, **other.shorter},
            rewired=self.rewired.plus(other.rewired),
            links=self.links.plus(other.links),
        )
