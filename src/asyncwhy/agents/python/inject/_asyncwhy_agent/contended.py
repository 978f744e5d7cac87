"""What is known of every lock, limit and channel, and the rows that say who queued for it.

Each is known by where it was made and with which limit, noted in its `__init__`; it gets a number when somebody
first queues for it.
"""

from __future__ import annotations

from collections import deque

from . import primitives as p
from .safety import peek

#: Items that lay in a channel for longer than this (1 ms) had to wait for their consumer.
LONG = 1_000_000
#: So many first takes of a channel are always recorded, and what they took is recognised when it is put back.
FIRST = 64
#: Items of one channel whose times are kept; what is put behind them has none.
ITEMS = 10_000
#: Primitives remembered; those of programs that make more are told without where they were made.
MOST = 20_000
#: Rows per table and second.
BUDGET = 3_000
#: Classes of what items lie in.
CHANNELS = frozenset(("Queue", "_MemoryObjectStreamState", "MemoryChannelState", "SimpleQueue"))
#: Values that stand for nothing in particular: to put one back is not to return it.
PLAIN = frozenset((type(None), bool, int, float, str, bytes))


class Known:
    """One primitive; `lying` are the times at which the items in it were put."""

    __slots__ = (
        "kind",
        "last",
        "limit",
        "lying",
        "number",
        "out",
        "quick",
        "returned",
        "skipped",
        "stack",
        "taken",
    )

    def __init__(self, kind, limit, stack):
        self.kind, self.limit, self.stack = kind, limit, stack
        self.number = self.skipped = self.returned = self.taken = 0
        self.lying = self.out = None
        self.last = self.quick = False


class Contended:
    """`names` are what the twins of `contention` may use."""

    def __init__(self, recorder, guard, current_task):
        self.recorder = recorder
        self.current_task = current_task
        self.known = {}
        self.second = 0
        self.left = BUDGET
        self.names = {
            "__aw_ask": guard(self._ask),
            "__aw_lines": self.known.get,
            "__aw_id": p.identity,
            "__aw_put": guard(self._put),
            "__aw_take": guard(self._take),
            "__aw_give": guard(self._give),
            "__aw_made": guard(self._made),
            "__aw_limited": guard(self._limited),
            "__aw_clock": p.clock,
            "__aw_len": len,
            "__aw_pool": guard(self._pool),
        }

    # --- what is known ---------------------------------------------------------------------------------

    def _made(self, thing):
        frame = p.get_frame(2)
        known = self._remember(thing, self._limit(thing), self.recorder.interner.stack(frame))
        if _is_channel(known.kind):
            known.lying = deque()
            known.out = {}
            known.last = known.kind.__name__ == "LifoQueue"
            maker = frame.f_back
            if maker is not None and maker.f_code.co_name == "_queue":  # SQLAlchemy's, made when first used
                pool = self.known.get(p.identity(maker.f_locals.get("self")))
                if pool is not None:
                    known.kind, known.limit, known.stack = pool.kind, pool.limit, pool.stack

    def _limited(self, thing):
        """A limiter has another limit from now on, set by the line that is two frames out."""
        stack = self.recorder.interner.stack(p.get_frame(2).f_back)
        known = self.known.get(p.identity(thing))
        if known is None:
            self._remember(thing, self._limit(thing), stack)
        else:
            known.limit, known.stack, known.number = self._limit(thing), stack, 0

    def _pool(self, owner, thing, limit):
        known = self._remember(thing, limit, self.recorder.interner.stack(p.get_frame(2)))
        known.kind = p.type_of(owner)

    def _remember(self, thing, limit, stack):
        if len(self.known) >= MOST:
            self.known.clear()
        known = self.known[p.identity(thing)] = Known(p.type_of(thing), limit, stack)
        return known

    def _limit(self, thing):
        for name in ("_maxsize", "max_buffer_size", "total_tokens", "_value"):
            limit = peek(thing, name)
            if limit is not None:
                return limit
        return 0

    def _number(self, known):
        if not known.number:
            known.number = next(self.recorder.numbers)
            kind, limit = known.kind, known.limit
            self.recorder.event(
                "primitive",
                primitive=known.number,
                module=kind.__module__,
                kind=kind.__qualname__,
                limit=limit if p.type_of(limit) is int and limit < 1 << 40 else 0,
                stack=known.stack,
            )
        return known.number

    def _affordable(self, now):
        if now >> 30 != self.second:
            self.second, self.left = now >> 30, BUDGET
        self.left -= 1
        return self.left >= 0

    # --- what happens ----------------------------------------------------------------------------------

    def _ask(self, thing, what):
        """The task that runs is about to suspend for `thing`."""
        now = p.clock()
        task = self.current_task()
        if not task or not self._affordable(now):
            return
        known = self.known.get(p.identity(thing))
        if known is None:
            known = self._remember(thing, self._limit(thing), 0)
        self.recorder.by_name["asks"].extend((now, self._number(known), task, what, p.ident()))

    def _put(self, known, item):
        lying = known.lying
        if lying is None:
            return
        if known.skipped or len(lying) >= ITEMS:
            known.skipped += 1
            known.quick = False
        else:
            lying.append(p.clock())
        out = known.out
        # An address alone says nothing: another object may have it by now.  But what a task took is alive
        # while the same task puts it back.
        if out and out.get(p.identity(item)) == self.current_task() and p.type_of(item) not in PLAIN:
            del out[p.identity(item)]
            known.returned += 1
            if known.returned in (2, 8, 32):
                self.recorder.event(
                    "returned", primitive=self._number(known), taken=known.taken, returned=known.returned
                )

    def _give(self, known):
        """An item leaves; not to the task that runs if that puts it: somebody waits for it."""
        if p.get_frame(3).f_code.co_name != "put_nowait":
            self._take(known, None, 3)
        elif known.lying:
            known.lying.popleft()

    def _take(self, known, item, depth=2):
        lying = known.lying
        if not lying:
            if known.skipped:
                known.skipped -= 1
            return
        put = lying.pop() if known.last else lying.popleft()
        now = p.clock()
        first = known.taken < FIRST
        if not first and (now - put <= LONG or not self._affordable(now)):
            return
        task = self.current_task()
        if first:
            known.taken += 1
            known.out[p.identity(item)] = task
            if known.taken == FIRST and not known.returned and not known.last:
                known.quick = True
        stack = self.recorder.interner.stack(p.get_frame(depth)) if first else 0
        row = (now, put, self._number(known), task, p.ident(), stack)
        self.recorder.by_name["takes"].extend(row)


def _is_channel(kind):
    return any(base.__name__ in CHANNELS for base in kind.__mro__)
