"""Who queues for locks, limits, channels and connection pools: recorded only when somebody really waits.

Each primitive is known by where it was made and with which limit, noted in its `__init__`.  On the slow path,
just before a task suspends for it, one row says which primitive the wait that follows is for; the wait itself
is a row of `waits`, and who ended it is seen from whose step made the waiter ready.  So the uncontended path
of locks and semaphores is untouched.  Channels note when an item was put, and a row when it lay there for
more than 1 ms: a consumer that is behind never waits for its queue.
"""

from __future__ import annotations

from .contended import Contended
from .safety import peek
from .twin import Unsuitable, twin

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
#: How many connections an aiohttp connector has to one host at once, by its constructor's arguments.
AT_ONCE = "limit_per_host if limit_per_host and not 0 < limit <= limit_per_host else limit"


class ContentionHooks:
    """Installs the twins in asyncio, anyio and the libraries that have connection pools."""

    def __init__(self, recorder, installation, current_task):
        self.recorder = recorder
        self.installation = installation
        self.contended = Contended(recorder, installation.harmless, current_task)
        self.known = self.contended.known
        self.names = self.contended.names

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
            "queue": self.install_queue,
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
        self._twin(kind, "__init__", after="__aw_pool(self, self, %s)" % AT_ONCE)
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

    def install_queue(self, module):
        """Between threads: who waits for a thread's answer waits for what lies before it, too."""
        kind = module.Queue
        self._twin(kind, "__init__", after=MADE)
        self._twin(kind, "_put", beside=(("self.queue.append", "", PUT_ITEM % ("self", "item")),))
        self._twin(kind, "_get", beside=(("self.queue.popleft", TAKE_ITEM % ("self", "None"), ""),))

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
