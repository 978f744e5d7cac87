"""What the hooks write and the flusher takes away: flat lists of integers, one per table.

A hook appends a whole row with one `list.extend` of a tuple, which is one instruction under the GIL; the
flusher takes a slice and deletes it.  Steps, by far the most, go packed into an array: 40 bytes instead of
200, and nothing is left to convert (170 ns in all against 240).  Neither waits for the other.  Rows are 64-bit integers: retained
tuples would feed the garbage collector and change when the program's own finalizers run.
"""

from __future__ import annotations

from . import native, stream
from . import primitives as p
from .interning import Interner, _take
from .unsaved import Unsaved

#: A step's `ref` is a task's number, or a callback's site with these bits.
CALLBACK, TIMER = 1 << 40, 1 << 41
#: A step's `ready` with this bit was noted by another thread than the loop's own.
FOREIGN = 1 << 62
#: A task's `name` is a string's number, or the N of "Task-N" with this bit.
NUMBERED = 1 << 40
#: Rows waiting for a flush are at most this many values (about 40 bytes each); beyond, a flush is due.
DUE = 60_000
#: Beyond this many (a disk that does not take them, a sampler that is kept from running) they are dropped.
MOST = 400_000
NEVER = 1 << 62
#: A sampler that is late by this has not got the GIL: two switch intervals.
OVERDUE = 10_000_000
#: How long a loop gives way, seconds: a thread that waits for a lock wakes within a tenth of this.
GIVEN = 0.0002
#: Waits that Python captures per second at most, and the share of one core that the C recorder may take for it (one in
#: so many): 20 us each against 2.  The rest are counted.
WAITS_PER_SECOND = 4_000
WAITS_SHARE = 50
#: Tables that the C recorder writes.
NATIVE = ("waits", "kept", "tasks")


class Recorder:
    """Tables, interned names and rare events of this process, and the stream they go to."""

    def __init__(self, folder):
        self.folder = folder
        self.interner = Interner()
        self.unsaved = Unsaved()
        self.tables = {kind: [] for kind in stream.COLUMNS}
        self.native = native.load(folder)  # the C recorder, or None
        self.tables[stream.STEPS] = self.native.Rows(MOST // 5) if self.native else p.array(stream.WORD)
        self.waits = None  # the C recorder's
        self.stacks = ()  # tables of the numbers of stacks, for what stood suspended, for what runs, and for code
        if self.native:
            for kind, (name, columns) in stream.COLUMNS.items():
                if name in NATIVE:
                    self.tables[kind] = self.native.Rows(MOST // len(columns), len(columns))
            self.stacks = [self.native.Stacks(told) for told in self._tellers()]
        #: id of a task -> entry; an entry is [reference, end of its last step], made of such a pair.
        self.entries_type, self.entry = (
            (self.native.Entries, self.native.Entry) if self.native else (dict, list)
        )
        self.by_name = {name: self.tables[kind] for kind, (name, _) in stream.COLUMNS.items()}
        self.step = self.by_name["steps"].frombytes  # takes what `stream.pack_step` made
        self.events = []
        self.stream = stream.Stream(folder)
        self.numbers = p.count(1)
        self.dropped = 0
        self.skipped_waits = 0
        self.wait_budget = WAITS_PER_SECOND
        self.failures = []
        self.closing = False
        self.unseen = False  # whether loops run whose steps the C recorder does not see
        self.stir = _nothing  # called when a thread begins to work
        self.awaited = [NEVER]  # from when on the sampler is overdue

    def _tellers(self):
        own = self.interner
        return own.told, own.captured, lambda told: own.site(*told)

    def give_way(self):
        """Let the sampler have the GIL, which a loop of short iterations keeps from it.

        Such a loop lets the GIL go for a microsecond in each `select`.  That wakes whoever waits for it, too
        late; and since it was woken in time, it never asks for the GIL to be dropped (`take_gil` in CPython's
        ceval_gil: only a wait of a whole switch interval does).
        """
        self.awaited[0] = p.clock() + OVERDUE
        p.sleep(GIVEN)

    def begin_anew(self):
        """In a forked child: a new stream; everything that was recorded is the parent's to write."""
        for table in self.tables.values():
            _emptied(table)
        del self.events[:]
        fresh = Interner()
        fresh.ends, fresh.hidden = self.interner.ends, self.interner.hidden
        self.interner = fresh
        for stacks, told in zip(self.stacks, self._tellers()):
            stacks.begin_anew(told)
        if self.waits is not None:
            self.waits.begin_anew(fresh._strings, fresh.string)
        self.stream = stream.Stream(self.folder)
        self.dropped = self.skipped_waits = 0
        self.closing = False

    def event(self, what, **facts):
        """A rare event, written as JSON; `time` is now unless given."""
        facts["event"] = what
        facts.setdefault("time", p.clock())
        self.events.append(facts)
        if self.closing:
            self.flush()

    def refill(self, elapsed):
        """So many nanoseconds later more waits may be captured; those that were left out are counted."""
        self.wait_budget = WAITS_PER_SECOND * elapsed // 1_000_000_000 + 100
        if self.waits is not None:
            self.skipped_waits += self.waits.refill(elapsed // WAITS_SHARE + 250_000)

    def due(self):
        return len(self.by_name["steps"]) > DUE or len(self.by_name["waits"]) > DUE

    def flush(self, *more):
        """Write everything recorded so far; names before the rows that use them."""
        rows = {kind: _emptied(table) for kind, table in self.tables.items()}
        events = _take(self.events)
        strings, sites, stacks = self.interner.take()
        events += [
            {"event": "source", "file": file, "text": text} for file, text in self.unsaved.texts(strings)
        ]
        out = self.stream
        # (chunk, where its values go back to if it is not written, they).  Names are few and everything hangs on them:
        # they are kept for the next try; rows are dropped.
        parts = []
        if strings:
            parts.append((out.json(stream.STRINGS, strings), self.interner.new_strings, strings))
        if sites:
            parts.append((out.rows(stream.SITES, sites), self.interner.new_sites, sites))
        if stacks:
            parts.append((out.rows(stream.STACKS, stacks), self.interner.new_stacks, stacks))
        if events:
            parts.append((out.json(stream.EVENTS, events), self.events, events))
        parts.extend((out.rows(kind, values), kind, values) for kind, values in rows.items() if values)
        parts.extend((chunk, None, None) for chunk in more)
        for _, back, values in parts[out.write([part[0] for part in parts]) :]:
            if p.type_of(back) is int:
                self.dropped += _count(back, values)
            elif back is not None and not (back is self.events and len(back) > DUE):
                back[:0] = values

    def bound(self):
        """Drop what cannot be kept in memory, and count it."""
        for kind, table in self.tables.items():
            if self.native and p.type_of(table) is self.native.Rows:
                self.dropped += table.lost()  # it is bounded by itself
            elif len(table) > MOST:
                self.dropped += _count(kind, _emptied(table))

    def recent(self, number):
        """The references of so many of the last steps."""
        steps = self.by_name["steps"]
        return steps.recent(number) if self.native else steps[-5 * number :][3::5]

    def meta(self, facts):
        """A chunk of facts about this process; later facts replace earlier ones of the same name."""
        self.flush(self.stream.json(stream.META, facts))


def _nothing():
    """What there is to do without a sampler."""


def _emptied(table):
    """All values of a table, of which none are left; the C recorder's as bytes."""
    return _take(table) if p.type_of(table) in (list, p.array) else table.take()


def _count(kind, values):
    """How many rows they are."""
    size = len(values) // 8 if p.type_of(values) is bytes else len(values)
    return size // len(stream.COLUMNS[kind][1])
