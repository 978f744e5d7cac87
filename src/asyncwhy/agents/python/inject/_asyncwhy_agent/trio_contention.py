"""Who queues for trio's locks, semaphores, limiters and channels: as `contention` has it for asyncio's.

The slow path of each is where a task parks.  `trio.to_thread.run_sync` queues for its limiter, too; that is
told by its jobs.
"""

from __future__ import annotations

from types import FunctionType

from . import primitives as p
from .contention import ACQUIRE, ASK, GET, LINE, MADE, PUT

PARK = "self._lot.park"
WAIT = "trio.lowlevel.wait_task_rescheduled"


class TrioContention:
    """Installs the twins in `trio._sync` and `trio._channel`."""

    def __init__(self, contention):
        self.contention = contention
        self.made = contention.names["__aw_made"]

    def install_sync(self, module):
        """Locks, semaphores and limiters; where a limiter is made is noted by `trio_hooks`."""
        self._lock_made(module)
        self._twin(module, module.Semaphore, "__init__", after=MADE)
        asked = (PARK, ASK % ACQUIRE, "")
        by_task = 'type(borrower).__name__ != "ThreadPlaceholder" and ' + ASK % ACQUIRE
        self._twin(module, module._LockImpl, "acquire", beside=(asked,))
        self._twin(module, module.Semaphore, "acquire", beside=(asked,))
        by_limiter = ((PARK, by_task, ""),)
        self._twin(module, module.CapacityLimiter, "acquire_on_behalf_of", beside=by_limiter)
        self.contention.setter(module.CapacityLimiter, "total_tokens", after="__aw_limited(self)")

    def install_channels(self, module):
        """Memory channels; what is sent while somebody waits to receive never lies there."""
        made = ("MemoryChannelState", "", "__aw_made(state)")
        if "__new__" in vars(module.open_memory_channel):
            self._twin(module, module.open_memory_channel, "__new__", beside=(made,))
        else:  # an older trio's is an object that calls a function
            self._twin(module, module.open_memory_channel, "_fn", beside=(made,))
        put = LINE % ("self._state", "put", ", value")
        take = LINE % ("self._state", "take", ", None")
        append, popleft = "self._state.data.append", "self._state.data.popleft"
        asked = "__aw_ask(self._state, %d)"
        send, receive = module.MemorySendChannel, module.MemoryReceiveChannel
        self._twin(module, send, "send", beside=((WAIT, asked % PUT, ""),))
        self._twin(module, send, "send_nowait", beside=((append, "", put),))
        self._twin(module, receive, "receive", beside=((WAIT, asked % GET, ""),))
        self._twin(module, receive, "receive_nowait", beside=((append, "", put), (popleft, take, "")))

    def _twin(self, module, owner, name, **snippets):
        before = owner.__dict__.get(name)
        self.contention._twin(owner, name, **snippets)
        made = owner.__dict__.get(name)
        if made is not before and not name.startswith("_"):
            module.enable_ki_protection(made)  # as the original is

    def _lock_made(self, module):
        """A lock's constructor is made by attrs and cannot be copied: ours calls it."""
        original, made = module._LockImpl.__init__, self.made

        def initialise(self):
            original(self)
            made(self)

        if p.type_of(original) is not FunctionType or original.__code__.co_argcount != 1:
            self.contention.installation.lacking("trio.Lock.__init__", "it takes other arguments")
            return
        initialise.__name__, initialise.__qualname__ = original.__name__, original.__qualname__
        initialise.__doc__ = original.__doc__
        initialise.__annotations__ = original.__annotations__
        self.contention.recorder.interner.hidden.add(p.identity(initialise.__code__))
        self.contention.installation.put(module._LockImpl, "__init__", initialise)
