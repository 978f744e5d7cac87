"""Who queues for locks, limits, channels and connection pools: recorded only when somebody really waits.

Each primitive is known by where it was made and with which limit, noted in its `__init__`.  On the slow path,
just before a task suspends for it, one row says which primitive the wait that follows is for; the wait itself
is a row of `waits`, and who ended it is seen from whose step made the waiter ready.  So the uncontended path
of locks and semaphores is untouched.  Channels note when an item was put, and a row when it lay there for
more than 1 ms: a consumer that is behind never waits for its queue.
"""

from __future__ import annotations

from collections import deque

from . import primitives as p
from .safety import peek
from .twin import Unsuitable, twin

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

ACQUIRE, GET, PUT, WAIT = 1, 2, 3, 4

ASK = "__aw_ask(self, %d)"
LINE = "__aw_line = __aw_lines(__aw_id(%s))\nif __aw_line is not None: __aw_%s(__aw_line%s)"
#: Once the first takes are over, only times are kept, without a call.
PUT_ITEM = """
__aw_line = __aw_lines(__aw_id(%s))
if __aw_line is not None:
    if __aw_line.quick and __aw_len(__aw_line.lying) < 10000:
        __aw_line.lying.append(__aw_clock())
    else:
        __aw_put(__aw_line, %s)
"""
TAKE_ITEM = """
__aw_line = __aw_lines(__aw_id(%s))
if __aw_line is not None:
    if not (__aw_line.quick and __aw_line.lying):
        __aw_take(__aw_line, %s)
    elif __aw_clock() - __aw_line.lying[0] > 1000000:
        __aw_take(__aw_line, None)
    else:
        __aw_line.lying.popleft()
"""
MADE = "__aw_made(self)"


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


class ContentionHooks:
    """Installs the twins in asyncio, anyio and the libraries that have connection pools."""

    def __init__(self, recorder, installation, current_task):
        self.recorder = recorder
        self.installation = installation
        self.current_task = current_task
        self.known = {}
        self.second = 0
        self.left = BUDGET
        guard = installation.harmless
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

    def begin_anew(self):
        """In a forked child: the parent's numbers mean nothing here."""
        self.known.clear()

    def watched(self):
        """Modules beside asyncio's and its anyio backend, and what to install in each."""
        return {
            "anyio._core._synchronization": self.install_anyio_base,
            "anyio._core._streams": self.install_anyio_streams,
            "anyio.streams.memory": self.install_anyio_memory,
            "aiohttp.connector": self.install_aiohttp,
            "httpcore._async.connection_pool": self.install_httpcore,
            "sqlalchemy.pool.impl": self.install_sqlalchemy,
            "websockets.asyncio.messages": self.install_websockets,
            "tornado.queues": self.install_tornado,
            "janus": self.install_janus,
        }

    # --- where -----------------------------------------------------------------------------------------

    def install_asyncio(self, _):
        from asyncio import locks, queues

        for kind in (locks.Lock, locks.Semaphore, queues.Queue):
            self._twin(kind, "__init__", after=MADE)
        for kind in (locks.Lock, locks.Semaphore):
            self._twin(kind, "acquire", beside=(("self._waiters.append", "", ASK % ACQUIRE),))
        kind = queues.Queue
        put, take = PUT_ITEM % ("self", "item"), TAKE_ITEM % ("self", "item")
        self._twin(kind, "get", beside=(("self._getters.append", "", ASK % GET),))
        self._twin(kind, "put", beside=(("self._putters.append", "", ASK % PUT),))
        self._twin(kind, "put_nowait", beside=(("self._put", "", put),))
        self._twin(kind, "get_nowait", beside=(("self._get", "", take),))

    def install_anyio(self, module):
        """The primitives of anyio on asyncio."""
        for name in ("Lock", "Semaphore"):
            kind = getattr(module, name)
            self._twin(kind, "acquire", beside=(("self._waiters.append", "", ASK % ACQUIRE),))
        self._twin(module.Lock, "__init__", after=MADE)
        limiter = module.CapacityLimiter
        self._twin(limiter, "__init__", after=MADE)
        self._twin(limiter, "acquire_on_behalf_of", beside=(("event.wait", ASK % ACQUIRE, ""),))
        self.setter(limiter, "total_tokens", after="__aw_limited(self)")

    def install_anyio_base(self, module):
        """Where a semaphore is made: the one of the backend has a constructor that cannot be copied."""
        self._twin(module.Semaphore, "__init__", after="__aw_pool(self, self, initial_value)")

    def install_anyio_streams(self, module):
        state = ("_MemoryObjectStreamState[T_Item]", "", "__aw_made(state)")
        self._twin(module.create_memory_object_stream, "__new__", beside=(state,))

    def install_anyio_memory(self, module):
        ask = "__aw_ask(self._state, %d)"
        put = PUT_ITEM % ("self._state", "item")
        take = TAKE_ITEM % ("self._state", "None")
        receive, send = module.MemoryObjectReceiveStream, module.MemoryObjectSendStream
        self._twin(receive, "receive", beside=(("receive_event.wait", ask % GET, ""),))
        around = (("self._state.buffer.append", "", put), ("self._state.buffer.popleft", take, ""))
        self._twin(receive, "receive_nowait", beside=around)
        self._twin(send, "send", beside=(("send_event.wait", ask % PUT, ""),))
        self._twin(send, "send_nowait", beside=(("self._state.buffer.append", "", put),))

    def install_aiohttp(self, module):
        kind = module.BaseConnector
        self._twin(kind, "__init__", after="__aw_pool(self, self, limit or limit_per_host)")
        if hasattr(kind, "_wait_for_available_connection"):
            slow = ("self._loop.create_future", "", ASK % ACQUIRE)
            self._twin(kind, "_wait_for_available_connection", beside=(slow,))

    def install_httpcore(self, module):
        kind = module.AsyncConnectionPool
        self._twin(kind, "__init__", after="__aw_pool(self, self, max_connections or 0)")
        queued = "pool_request.is_queued() and " + ASK % ACQUIRE
        self._twin(kind, "handle_async_request", beside=(("pool_request.wait_for_connection", queued, ""),))

    def install_sqlalchemy(self, module):
        limit = "pool_size + max_overflow if pool_size and max_overflow >= 0 else 0"
        self._twin(module.QueuePool, "__init__", after="__aw_pool(self, self._pool, %s)" % limit)

    def install_websockets(self, module):
        kind = module.SimpleQueue
        self._twin(kind, "__init__", after=MADE)
        self._twin(kind, "put", beside=(("self.queue.append", "", PUT_ITEM % ("self", "None")),))
        take = ("self.queue.popleft", TAKE_ITEM % ("self", "None"), "")
        slow = ("self.loop.create_future", "", ASK % GET)
        self._twin(kind, "get", beside=(slow, take))

    def install_tornado(self, module):
        self._install_items(module.Queue)
        self._twin(module.Queue, "get", beside=(("self._getters.append", "", ASK % GET),))
        self._twin(module.Queue, "put", beside=(("self._putters.append", "", ASK % PUT),))

    def install_janus(self, module):
        """Between threads and a loop: only the loop's side waits as tasks do."""
        self._install_items(module.Queue)
        ask = "__aw_ask(parent, %d)"
        proxy = module._AsyncQueueProxy
        self._twin(proxy, "get", beside=(("parent._async_not_empty.wait", ask % GET, ""),))
        self._twin(proxy, "put", beside=(("parent._async_not_full.wait", ask % PUT, ""),))

    def _install_items(self, kind):
        """A queue whose items all pass through its `_put` and `_get`."""
        self._twin(kind, "__init__", after=MADE)
        self._twin(kind, "_put", beside=(("self._queue.append", "", LINE % ("self", "put", ", item")),))
        self._twin(kind, "_get", beside=(("self._queue.popleft", LINE % ("self", "give", ""), ""),))

    def _twin(self, owner, name, **snippets):
        original = owner.__dict__.get(name)
        try:
            if isinstance(original, staticmethod):
                made = staticmethod(twin(original.__func__, self.names, **snippets))
            else:
                made = twin(original, self.names, **snippets)
        except Unsuitable as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, made)

    def setter(self, owner, name, **snippets):
        """A twin of what sets a property."""
        original = owner.__dict__.get(name)
        try:
            made = twin(peek(original, "fset"), self.names, **snippets)
        except Unsuitable as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, original.setter(made))

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
