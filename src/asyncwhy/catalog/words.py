"""What a row of the catalogue says, as frozen classes; no I/O, and nothing of ours is imported."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = frozenset(
    {"sleep", "net", "dns", "disk", "subprocess", "db", "lock", "cpu", "import", "console"},
)
"""What a blocking call does; `Finding.operation` is one of these, or `OTHER`."""

OTHER = "other"
"""The kind of an operation that the catalogue does not know."""

TIERS = {"A": 3, "B": 2, "C": 1}
"""Weight by tier: A is always slow, B disk and TLS, C stat and short locks (facts/blocking-calls.csv)."""

DROP_IN = frozenset({"", "call", "receiver"})
"""How a replacement may be written in the place of the call; empty where it may not."""

GIL = frozenset({"", "kept", "released"})
"""Whether a native call keeps the interpreter lock; empty where it was not measured."""

TARGETS = frozenset({"thread", "process", "loop", "greenlet"})
"""Where an offload sends work."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A callable known to block the thread that calls it.

    `name` is the qualified name as users import it (`requests.Session.get`); a last part `*` stands for
    every public method of the class.  `replacement` is the dotted name of the asynchronous counterpart, or
    of the way to another thread or process; `package` the distribution on PyPI, empty for the standard
    library.  `verified`: tests/catalog/verify_catalog.py found the name to be a plain callable; `source` says
    in which release, and who else lists it.  `until` is the last Python that has it.  `drop_in`, where the
    replacement, awaited, gives the same result and may be written in its place: "call" takes the same arguments, and
    "receiver" takes what the method was called on (without arguments).
    `instead`, where there is a better way than to wait for it elsewhere: that, in words.
    """

    name: str
    kind: str
    tier: str
    replacement: str
    package: str
    verified: bool
    source: str
    note: str = ""
    gil: str = ""
    until: str = ""
    drop_in: str = ""
    instead: str = ""

    @property
    def weight(self) -> int:
        """3 for what is always slow, down to 1 for what is slow on a bad day."""
        return TIERS[self.tier]

    @property
    def keeps_gil(self) -> bool:
        """True where a thread would not help, since the call keeps the interpreter lock."""
        return self.gil == "kept"

    @property
    def releases_gil(self) -> bool:
        """True where a thread is as good as a process, since the call lets other threads run Python."""
        return self.gil == "released"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a call that passes through a frame, whoever made it, in `words`; `busy` are the words where it
    computes and does not wait.  `names` is the function, further in, whose class is told (logging's `emit`: which
    handler)."""

    words: str
    busy: str
    names: str
    source: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What a frame or a native call does: a kind, and the words for it ("waits for the network")."""

    kind: str
    verb: str


@dataclass(frozen=True, slots=True)
class Offload:
    """A call that sends work elsewhere: by which name users know it, whose it is, and why, in words.

    `to` is one of `TARGETS`.  `level` ranks who explains the handoff best, from the primitive (0) to the
    framework; `source` is the release in which the frame was seen.  `size` says how more of its calls run at once, where
    that is set neither in the user's own line nor by the pool's default; `direct` how to do without the hop.
    """

    call: str
    by: str
    to: str
    level: int
    reason: str
    source: str
    size: str = ""
    direct: str = ""
