"""uvloop: the steps that pass through `uvloop.Loop`, a Python subclass of its compiled loop.

Its own protocol callbacks are compiled and call straight into the program; the sampler sees those.
uvloop has no Python handle, so a callback is wrapped, and a traceback has our line below the callback's.
"""

from __future__ import annotations

from . import native
from . import primitives as p
from .recorder import TIMER
from .safety import peek
from .steps import STARVED
from .stream import pack_step
from .waits import LONG

#: What the C recorder passes on itself: (bits, whether a delay stands before the callback).
PLAIN = {"call_soon": (0, False), "call_later": (TIMER, True)}


class _Handle:
    """What the asyncio hooks read of a handle."""

    __slots__ = ("_args", "_callback")

    def __init__(self, callback, arguments):
        self._callback = callback
        self._args = arguments


class _Step:
    """A callback that records its step.  Handles show its name and text: those of the callback."""

    __slots__ = ("__wrapped__", "_bits", "_hooks", "_ready")

    def __init__(self, hooks, callback, ready, bits):
        self.__wrapped__ = callback
        self._hooks, self._ready, self._bits = hooks, ready, bits

    def __call__(self, *arguments):
        start = p.clock()
        callback, hooks = self.__wrapped__, self._hooks
        due = self._ready or start
        owner = peek(callback, "__self__")
        if owner is not None and hooks.kind_of(owner) is not None:
            entry = hooks.entries.get(p.identity(owner)) or hooks.adopt(owner)
            since = entry[1]
            if start - since > LONG and (due - since > LONG or start - since > STARVED):
                hooks.waited(_Handle(callback, arguments), owner, entry, start, due)
        else:
            entry = hooks.entry_of(callback, self._bits)
        owner = None
        try:
            return callback(*arguments)
        finally:
            end = p.clock()
            hooks.recorder.step(pack_step(start, end, due, entry[0], p.ident()))
            entry[1] = end
            if end - start > 2_000_000:
                hooks.long(start, end)
            # The traceback of an error leads here by its frames, and from what is awaited to the error: a cycle.
            self = callback = arguments = None  # noqa: PLW0642

    def __getattr__(self, name):
        return getattr(self.__wrapped__, name)

    def __repr__(self):
        return repr(self.__wrapped__)


class UvloopHooks:
    """Replaces methods of the Python class `uvloop.Loop` by ones that pass wrapped callbacks on."""

    def __init__(self, asyncio, installation):
        self.asyncio = asyncio
        self.installation = installation
        self.runs_in = {}  # id of a running loop -> its thread
        self.waited = installation.harmless(self._waited)

    def install(self, uvloop):
        loop = uvloop.Loop
        base = loop.__mro__[1]
        running = self._running(base)
        interner = self.asyncio.recorder.interner
        for function in (
            *self._scheduling(base),
            *running,
            self._making(base),
            _telling(base, self.asyncio.endings.told),
        ):
            original = getattr(base, function.__name__, None)
            if original is None:
                continue
            function.__qualname__ = "Loop." + function.__name__
            function.__doc__ = original.__doc__
            interner.hidden.add(p.identity(function.__code__))
            made = native.passing(self.asyncio, base, function, self.runs_in, self.waited, PLAIN)
            self.installation.put(loop, function.__name__, made)
        # While these are on top, the compiled loop has nothing of Python's to run.
        machinery = tuple(p.identity(function.__code__) for function in running)
        self.asyncio.idle_codes.update(machinery)
        interner.ends.update((p.identity(_Step.__call__.__code__), *machinery))

    def _scheduling(self, base):
        """What takes callbacks."""
        step, runs_in = self._step, self.runs_in
        wakeup = self.installation.harmless(self.asyncio._wakeup, 0)
        touched = self.installation.harmless(self.asyncio.touches.touched, 0)

        def call_soon(self, callback, *args, context=None):
            thread = runs_in.get(p.identity(self))
            ready = p.clock() if thread is None or thread == p.ident() else touched(self, thread)
            return base.call_soon(self, step(callback, ready, 0), *args, context=context)

        def call_soon_threadsafe(self, callback, *args, context=None):
            ready = p.clock() | wakeup(self)
            return base.call_soon_threadsafe(self, step(callback, ready, 0), *args, context=context)

        def call_later(self, delay, callback, *args, context=None):
            due = due_in(delay)
            return base.call_later(self, delay, step(callback, due, TIMER), *args, context=context)

        def call_at(self, when, callback, *args, context=None):
            due = due_at(self, when)
            return base.call_at(self, when, step(callback, due, TIMER), *args, context=context)

        def add_reader(self, fileobj, callback, *args):
            return base.add_reader(self, fileobj, step(callback, 0, 0), *args)

        def add_writer(self, fileobj, callback, *args):
            return base.add_writer(self, fileobj, step(callback, 0, 0), *args)

        return call_soon, call_soon_threadsafe, call_later, call_at, add_reader, add_writer

    def _making(self, base):
        created = self.asyncio.created

        def create_task(self, coro, **named):
            task = base.create_task(self, coro, **named)
            created(task, self, coro)
            return task

        return create_task

    def _running(self, base):
        """What runs the loop."""
        guard = self.installation.harmless
        started, stopped = guard(self._started), guard(self._stopped)

        def run_forever(self):
            run = started(self)
            try:
                return base.run_forever(self)
            finally:
                stopped(self, run)

        def run_until_complete(self, future):
            # uvloop's own calls its compiled `run_forever`, which a subclass cannot see.
            run = started(self)
            try:
                return base.run_until_complete(self, future)
            finally:
                stopped(self, run)

        return run_forever, run_until_complete

    def _started(self, loop):
        self.runs_in[p.identity(loop)] = p.ident()
        self.asyncio.recorder.unseen = True  # its protocols call into the program past our steps
        return self.asyncio.loop_started(loop)

    def _stopped(self, loop, run):
        self.runs_in.pop(p.identity(loop), None)
        self.asyncio.loop_stopped(run)

    def _step(self, callback, ready, bits):
        if self.asyncio.recorder.native:
            hooks = self.asyncio
            return hooks.recorder.native.Step(
                hooks.stepper, callback, ready, bits, self.waited, hooks.entry_of
            )
        return _Step(self.asyncio, callback, ready, bits)

    def _waited(self, callback, arguments, task, entry, start, due):
        self.asyncio.waited(_Handle(callback, arguments), task, entry, start, due)


def _telling(base, told):
    def call_exception_handler(self, context):
        told(context)
        return base.call_exception_handler(self, context)

    return call_exception_handler


def due_in(delay):
    """When a timer is due; 0 for a delay of which the loop itself is to judge."""
    if p.type_of(delay) not in (int, float) or not delay < 1e9:
        return 0
    return p.clock() + int(max(delay, 0) * 1e9)


def due_at(loop, when):
    """The same for a time of the loop's clock."""
    return due_in(when - loop.time()) if p.type_of(when) in (int, float) else 0
