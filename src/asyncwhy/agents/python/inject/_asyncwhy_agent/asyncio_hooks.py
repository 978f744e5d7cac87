"""Every step of every task and callback of asyncio's own loops, and what they waited for.

The hot path is `RUN`: two clock reads, one dictionary look-up and one row for each step.  A handle's
scheduling time is kept in the handle itself, in the slot `_repr`, which is None in every handle that may still
run (asyncio fills it when a handle is cancelled in debug mode); `__repr__` does as if it still were.  Tasks are
kept under their `id`: `entry` is [reference, end of the last step].
"""

from __future__ import annotations

import sys

from . import primitives as p
from . import touches
from .carriers import carried
from .endings import EndingHooks
from .recorder import CALLBACK, FOREIGN, NUMBERED, TIMER
from .safety import name_of, peek, refused
from .stream import pack_step
from .threads import CODE
from .twin import Unsuitable, twin
from .waits import LONG, stack_and_kept, stack_of

#: Steps from this length on (2 ms) also read the thread's CPU clock when they end.
HOLD = 2_000_000

#: A task that was ready at once and only stood in the queue has waited for nothing: where it stands is looked at
#: from this length on (10 ms), which a loop that is merely busy does not reach.
STARVED = 10_000_000

RUN_BEFORE = """
__aw_start = __aw_clock()
try:
    __aw_ready = self._repr or 0
    __aw_object = __aw_getattr(self._callback, "__self__", None)
except __aw_Exception as __aw_error:
    __aw_ready = 0
    __aw_object = __aw_refused(__aw_error)
if __aw_type(__aw_object) is __aw_task:
    __aw_entry = __aw_get(__aw_id(__aw_object)) or __aw_adopt(__aw_object)
    __aw_since = __aw_entry[1]
    if __aw_start - __aw_since > %d and (__aw_ready - __aw_since > %d or __aw_start - __aw_since > %d or not __aw_ready):
        __aw_waited(self, __aw_object, __aw_entry, __aw_start, __aw_ready)
else:
    __aw_entry, __aw_ready = __aw_other(self, __aw_object, __aw_start, __aw_ready)
__aw_object = None
""" % (LONG, LONG, STARVED)
RUN_AFTER = (
    """
__aw_end = __aw_clock()
__aw_record(__aw_pack(__aw_start, __aw_end, __aw_ready, __aw_entry[0], __aw_ident()))
__aw_entry[1] = __aw_end
if __aw_end - __aw_start > %d:
    __aw_long(__aw_start, __aw_end)
__aw_entry = None
"""
    % HOLD
)
TOLD = """
if __aw_type(self._repr) is __aw_int:
    return "<{}>".format(" ".join(self._repr_info()))
"""
SCHEDULED = "handle._repr = __aw_clock()"
SELECTING = "__aw_before = __aw_clock()\n"
SELECTED = """
__aw_after = __aw_clock()
__aw_iterations[__aw_ident()] = __aw_after
if __aw_after - __aw_before > 20000:
    __aw_idle((__aw_before, __aw_after, __aw_ident()))
if __aw_after > __aw_awaited[0]:
    __aw_give_way()
"""


class AsyncioHooks:
    """Installs the twins in asyncio and keeps what they share: entries, ready times, loops."""

    def __init__(self, recorder, installation):
        self.recorder = recorder
        self.installation = installation
        self.entries = {}
        self.iterations = {}
        self.callbacks = {}
        self.loops = {}
        self.idle_codes = set()  # top frames that mean: this loop has nothing to do
        self.select_codes = set()  # likewise, where a loop's own `_run_once` is beneath: others select, too
        self.running = {}  # thread -> how many loops run in it
        self.touches = touches.TouchHooks(self, recorder, installation)
        self.endings = EndingHooks(self, recorder, installation)

    def install(self):
        from asyncio import base_events, events, format_helpers, futures, runners, tasks

        self.timer_class = events.TimerHandle
        self.task_class = tasks.Task
        self.task_classes = (tasks.Task, tasks._PyTask)
        self.future_classes = (futures.Future, futures._PyFuture)
        self.current_task = tasks.current_task
        self.handing_over = tasks.run_coroutine_threadsafe.__code__
        guard = self.installation.harmless
        self.adopt = guard(self._adopt, [0, 0])
        self.waited = guard(self._waited)
        self.other = guard(self._other, ([0, 0], 0))
        self.long = guard(self._long)
        self.entry_of = guard(self.callback_entry, [0, 0])
        loop = base_events.BaseEventLoop
        self._put(events.Handle, "_run", self._run_names(), before=RUN_BEFORE, after=RUN_AFTER)
        names = {"__aw_type": p.type_of, "__aw_int": int}
        # Not among what is put back: handles that wait to run keep their times when the agent leaves.
        events.Handle.__repr__ = twin(events.Handle.__repr__, names, before=TOLD)
        clock = {"__aw_clock": p.clock}
        asleep = {"__aw_asleep": self.touches.asleep, "__aw_ident": p.ident}
        names = dict(clock, __aw_touched=guard(self.touches.touched, 0), **asleep)
        self._put(loop, "call_soon", names, beside=(("self._call_soon", "", touches.SCHEDULED),))
        self._install_loop(loop, clock, asleep)
        self.endings.install(base_events, runners)
        self.touches.install_debug(base_events, format_helpers)
        # Frames below these are only the loop's machinery: stacks end there.
        self.recorder.interner.ends.add(p.identity(events.Handle._run.__code__))
        for name in ("EpollSelector", "PollSelector", "SelectSelector", "KqueueSelector", "DevpollSelector"):
            selector = getattr(sys.modules.get("selectors"), name, None)
            if selector is not None:
                self.select_codes.add(p.identity(selector.select.__code__))

    def _install_loop(self, loop, clock, asleep):
        guard = self.installation.harmless
        names = dict(clock, __aw_wakeup=guard(self._wakeup, 0))
        beside = (("self._call_soon", "", SCHEDULED + " | __aw_foreign"),)
        self._put(
            loop, "call_soon_threadsafe", names, before="__aw_foreign = __aw_wakeup(self)", beside=beside
        )
        names = {"__aw_created": guard(self._created)}
        value = "(__aw_created(__aw_value, self, coro), __aw_value)[1]"
        self._put(loop, "create_task", names, on_return=value)
        names = {
            **asleep,
            "__aw_clock": p.clock,
            "__aw_iterations": self.iterations,
            "__aw_idle": self.recorder.by_name["idles"].extend,
            "__aw_awaited": self.recorder.awaited,
            "__aw_give_way": guard(self.recorder.give_way),
        }
        select = ("self._selector.select", SELECTING + touches.SLEEPS, SELECTED + touches.WAKES)
        self._put(loop, "_run_once", names, beside=(select,))
        names = {"__aw_started": guard(self.loop_started), "__aw_stopped": guard(self.loop_stopped)}
        self._put(
            loop, "run_forever", names, before="__aw_run = __aw_started(self)", last="__aw_stopped(__aw_run)"
        )

    def begin_anew(self):
        """In a forked child: numbers given out in the parent mean nothing here."""
        for table in (self.entries, self.iterations, self.callbacks, self.loops, self.running):
            table.clear()
        self.touches.begin_anew()

    def _run_names(self):
        return {
            "__aw_clock": p.clock,
            "__aw_id": p.identity,
            "__aw_getattr": getattr,
            "__aw_Exception": Exception,
            "__aw_refused": refused,
            "__aw_type": p.type_of,
            "__aw_task": self.task_class,
            "__aw_get": self.entries.get,
            "__aw_adopt": self.adopt,
            "__aw_waited": self.waited,
            "__aw_other": self.other,
            "__aw_record": self.recorder.step,
            "__aw_pack": pack_step,
            "__aw_ident": p.ident,
            "__aw_long": self.long,
        }

    def _put(self, owner, name, names, **snippets):
        try:
            made = twin(getattr(owner, name), names, **snippets)
        except Unsuitable as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, made)

    # --- tasks -----------------------------------------------------------------------------------------

    def _adopt(self, task, loop=None, stack=0, coroutine=None):
        """A number for a task; one not made through `create_task` is first seen at its first step.

        The methods are asyncio's own: a subclass may have made others of them.
        """
        now = p.clock()
        number = next(self.recorder.numbers)
        entry = self.entries[p.identity(task)] = [number, now]
        parent = self.current_task(loop) if loop is not None else None
        parent_entry = (
            self.entries.get(p.identity(parent)) if parent is not None and parent is not task else None
        )
        kind = self.kind_of(task)
        done = kind.done(task)
        if coroutine is None and not done:
            # CPython 3.12.1 crashes at `get_coro` of an eager task that is done.
            coroutine = kind.get_coro(task)
        code = peek(carried(coroutine), "cr_code") or peek(coroutine, "gi_code")
        row = (
            number,
            now,
            parent_entry[0] if parent_entry else 0,
            stack,
            self.recorder.interner.site(code, -1) if code is not None else 0,
            self._name(kind.get_name(task)),
            p.ident(),
            1 if done else 0,
        )
        self.recorder.by_name["tasks"].extend(row)
        return entry

    def kind_of(self, task):
        """Which of asyncio's own classes it is; None for what only looks like a task."""
        for kind in self.task_classes:
            if issubclass(p.type_of(task), kind):
                return kind
        return None

    def _name(self, name):
        if name[:5] == "Task-" and name[5:].isdigit():
            return NUMBERED | int(name[5:])
        return self.recorder.interner.string(name)

    def _created(self, task, loop, coroutine):
        if self.kind_of(task) is not None:
            self._adopt(task, loop, self.recorder.interner.stack(p.get_frame(2)), coroutine)

    def _waited(self, handle, task, entry, start, ready):
        recorder = self.recorder
        if recorder.wait_budget <= 0:
            recorder.skipped_waits += 1
            return
        recorder.wait_budget -= 1
        coroutine = self.kind_of(task).get_coro(task)
        if getattr(coroutine, "cr_await", None) is None and getattr(coroutine, "gi_yieldfrom", None) is None:
            return  # not begun: it was ready since it was made
        if entry[1] < 0:  # asked by `glance`
            recorder.by_name["glances"].extend((start, entry[0], stack_of(recorder.interner, coroutine)))
            return
        arguments = handle._args
        awaited = arguments[0] if arguments else None
        other = self.entries.get(p.identity(awaited)) if self.kind_of(awaited) is not None else None
        kind = p.type_of(awaited).__name__ if awaited is not None else "yield"
        stack, kept = stack_and_kept(recorder.interner, coroutine, entry)
        row = (
            entry[0],
            entry[1],
            ready,
            start,
            stack,
            recorder.interner.string(kind),
            other[0] if other else 0,
            p.ident(),
        )
        recorder.by_name["waits"].extend(row)
        if kept:
            recorder.by_name["kept"].extend((entry[0], entry[1], kept))

    # --- other callbacks -------------------------------------------------------------------------------

    def _other(self, handle, owner, start, ready):
        """(entry, ready) of a handle that is not a step of the usual kind of task."""
        if owner is not None and self.kind_of(owner) is not None:
            entry = self.entries.get(p.identity(owner)) or self._adopt(owner)
            if start - entry[1] > LONG:
                self._waited(handle, owner, entry, start, ready)
            return entry, ready
        timer = 0
        if not ready:
            if p.type_of(handle) is self.timer_class:
                timer = TIMER
                due = int(handle._when * 1e9)
                # A loop with a clock of its own tells nothing about ours.
                ready = due if 0 <= start - due < 86_400_000_000_000 else start
            else:
                ready = self.iterations.get(p.ident(), 0)
        return self.callback_entry(handle._callback, timer), ready

    def callback_entry(self, callback, bits=0):
        """The entry shared by all callbacks of one function."""
        function = peek(callback, "func", callback)
        function = peek(function, "__func__", function)
        code = peek(function, "__code__")
        if p.type_of(code) is not CODE:
            code = None
        key = (p.identity(code) if code is not None else name_of(function), bits)
        entry = self.callbacks.get(key)
        if entry is None:
            interner = self.recorder.interner
            site = interner.site(code, -1) if code is not None else interner.named(key[0])
            entry = [CALLBACK | bits | site, 0]
            if len(self.callbacks) < 50_000:
                self.callbacks[key] = entry
        return entry

    def _long(self, start, end):
        self.recorder.by_name["holds"].extend((start, end, p.ident(), p.thread_cpu()))

    # --- loops -----------------------------------------------------------------------------------------

    def loop_number(self, loop):
        known = self.loops.get(p.identity(loop))
        if known is None or known[1]() is not loop:  # another loop may have had this address
            known = self.loops[p.identity(loop)] = (next(self.recorder.numbers), p.weak(loop))
        return known[0]

    def loop_started(self, loop):
        number = self.loop_number(loop)
        thread = p.ident()
        self.running[thread] = self.running.get(thread, 0) + 1
        selector = getattr(loop, "_selector", None)
        self.recorder.event(
            "run",
            loop=number,
            thread=p.ident(),
            native=p.native_id(),
            implementation="%s.%s" % (p.type_of(loop).__module__, p.type_of(loop).__qualname__),
            selector=p.type_of(selector).__name__ if selector is not None else "",
            debug=bool(loop.get_debug()),
            stack=self.recorder.interner.stack(p.get_frame(2)),
            cpu=p.thread_cpu(),
        )
        return number

    def loop_stopped(self, number):
        left = self.running.pop(p.ident(), 1) - 1
        if left > 0:
            self.running[p.ident()] = left
        self.recorder.event("stop", loop=number, thread=p.ident(), cpu=p.thread_cpu())

    def _wakeup(self, loop):
        """Note who touches the loop from outside; the bit for the ready time of what it scheduled."""
        # From the loop's own thread this is only a slow `call_soon`; but who hands a coroutine over from there
        # may wait for it.
        own = getattr(loop, "_thread_id", 0) == p.ident()
        if own and p.get_frame(3).f_code is not self.handing_over:
            return 0
        stack = self.recorder.interner.stack(p.get_frame(2))
        self.recorder.by_name["wakeups"].extend((p.clock(), p.ident(), self.loop_number(loop), stack))
        return 0 if own else FOREIGN
