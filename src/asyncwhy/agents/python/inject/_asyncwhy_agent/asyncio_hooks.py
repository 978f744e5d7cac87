"""Every step of every task and callback of asyncio's own loops, and what they waited for.

The hot path is `RUN`: two clock reads, one dictionary look-up and one row for each step.  A handle's
scheduling time is kept in the handle itself, in the slot `_repr`, which is None in every handle that may still
run (asyncio fills it when a handle is cancelled in debug mode); `__repr__` does as if it still were.  Tasks are
kept under their `id`: `entry` is [reference, end of the last step].
"""

from __future__ import annotations

import sys

from . import native, steps, touches
from . import primitives as p
from .carriers import carried
from .endings import EndingHooks
from .living import Living
from .recorder import CALLBACK, FOREIGN, NUMBERED, TIMER
from .safety import foreign, name_of, peek
from .threads import CODE
from .twin import Unsuitable, twin
from .waits import LONG, only_glanced, stack_and_kept

TOLD = """
if __aw_type(self._repr) is __aw_int:
    return "<{}>".format(" ".join(self._repr_info()))
"""
SCHEDULED = "handle._repr = __aw_clock()"


FUNCTION, METHOD = p.type_of(peek), p.type_of(peek.__get__(0))


class AsyncioHooks:
    """Installs the twins in asyncio and keeps what they share: entries, ready times, loops."""

    def __init__(self, recorder, installation):
        self.recorder = recorder
        self.installation = installation
        self.entries = recorder.entries_type()
        self.iterations = {}
        self.callbacks = {}
        self.known = recorder.entries_type()  # id of a plain callback's code -> its entry, for the C recorder
        self.loops = Living()
        self.idle_codes = set()  # top frames that mean: this loop has nothing to do
        self.select_codes = set()  # likewise, where a loop's own `_run_once` is beneath: others select, too
        self.running = {}  # thread -> how many loops run in it
        self.watched = {}  # thread -> what the selector of its loop watches, by descriptor
        self.touches = touches.TouchHooks(self, recorder, installation)
        self.endings = EndingHooks(self, recorder, installation)

    def install(self):
        from asyncio import base_events, events, format_helpers, futures, runners, tasks

        self.handle_class = events.Handle
        self.timer_class = events.TimerHandle
        self.task_class = tasks.Task
        self.task_classes = (tasks.Task, tasks._PyTask)
        self.future_classes = (futures.Future, futures._PyFuture)
        self.current_task = tasks.current_task
        self.handing_over = tasks.run_coroutine_threadsafe.__code__
        guard = self.installation.harmless
        self.adopt = guard(self._adopt, self.recorder.entry((0, 0)))
        self.waited = guard(self._waited)
        for function in (self.other, self._other):
            self.recorder.interner.hidden.add(p.identity(function.__code__))
        self.long = guard(self._long)
        self.entry_of = guard(self.callback_entry, self.recorder.entry((0, 0)))
        self.loop_class = loop = base_events.BaseEventLoop
        own = events.Handle._run
        self._install_handles(loop, events, tasks)
        self._install_loop(loop)
        self._install_iterations(loop, events, own)
        self.endings.install(base_events, runners)
        self.touches.install_debug(base_events, format_helpers)
        # Frames below these are only the loop's machinery: stacks end there.
        for run in (own, events.Handle._run):
            self.recorder.interner.ends.add(p.identity(run.__code__))
        for name in ("EpollSelector", "PollSelector", "SelectSelector", "KqueueSelector", "DevpollSelector"):
            selector = getattr(sys.modules.get("selectors"), name, None)
            if selector is not None:
                self.select_codes.add(p.identity(selector.select.__code__))

    def _install_handles(self, loop, events, tasks):
        """How handles run and are scheduled: by the C recorder, or by snippets around asyncio's own way."""
        self.names = steps.names_of_run(self)
        asleep = {"__aw_asleep": self.touches.asleep, "__aw_ident": p.ident}
        touched = self.installation.harmless(self.touches.touched, 0)
        names, before = dict(asleep, __aw_clock=p.clock, __aw_touched=touched), ""
        if self.recorder.native:
            self.stepper = native.stepper(self, events, tasks, steps.LIMITS)
            own = events.Handle._run
            self._put(events.Handle, "_run", {"__aw_step": self.stepper.run}, instead=steps.NATIVE)
            self.recorder.unseen = events.Handle._run is own
            names["__aw_schedule"], before = self.stepper.schedule, steps.SCHEDULING
        else:
            self._put(events.Handle, "_run", self.names, before=steps.RUN_BEFORE, after=steps.RUN_AFTER)
        beside = (("self._call_soon", "", touches.SCHEDULED),)
        self._put(loop, "call_soon", names, before=before, beside=beside)
        names = {"__aw_type": p.type_of, "__aw_int": int}
        # Not among what is put back: handles that wait to run keep their times when the agent leaves.
        events.Handle.__repr__ = twin(events.Handle.__repr__, names, before=TOLD)

    def _install_loop(self, loop):
        guard = self.installation.harmless
        names = {"__aw_clock": p.clock, "__aw_wakeup": guard(self._wakeup, 0)}
        beside = (("self._call_soon", "", SCHEDULED + " | __aw_foreign"),)
        self._put(
            loop, "call_soon_threadsafe", names, before="__aw_foreign = __aw_wakeup(self)", beside=beside
        )
        self.created = native.created(self, guard(self._created))
        names = {"__aw_created": self.created}
        value = "(__aw_created(__aw_value, self, coro), __aw_value)[1]"
        self._put(loop, "create_task", names, on_return=value)
        names = {"__aw_started": guard(self.loop_started), "__aw_stopped": guard(self.loop_stopped)}
        self._put(
            loop, "run_forever", names, before="__aw_run = __aw_started(self)", last="__aw_stopped(__aw_run)"
        )

    def _install_iterations(self, loop, events, run):
        """`run` is the library's own `Handle._run`."""
        names = {
            **self.names,
            "__aw_asleep": self.touches.asleep,
            "__aw_iterations": self.iterations,
            "__aw_idle": self.recorder.by_name["idles"].extend,
            "__aw_awaited": self.recorder.awaited,
            "__aw_give_way": self.installation.harmless(self.recorder.give_way),
            "__aw_Handle": events.Handle,
            "__aw_plain": (events.Handle, events.TimerHandle),
            "__aw_twin": events.Handle._run,
            "__aw_run": run,
        }
        select = ("self._selector.select", steps.SELECTING, steps.SELECTED)
        begin = ("len(self._ready)", "", steps.BEGINNING)
        if self.recorder.native or run is events.Handle._run:  # or no twin of it could be made
            self._put(loop, "_run_once", names, beside=(select,))
        else:
            self._put(loop, "_run_once", names, beside=(select, begin), instead=("handle._run", steps.STEP))

    def begin_anew(self):
        """In a forked child: numbers given out in the parent mean nothing here."""
        tables = (
            self.entries,
            self.iterations,
            self.callbacks,
            self.known,
            self.loops,
            self.running,
            self.watched,
        )
        for table in tables:
            table.clear()
        self.touches.begin_anew()

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
        entry = self.entries[p.identity(task)] = self.recorder.entry((number, now))
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
        kind = p.type_of(task) if p.type_of(task) is self.task_class else self.kind_of(task)
        coroutine = kind.get_coro(task)
        if getattr(coroutine, "cr_await", None) is None and getattr(coroutine, "gi_yieldfrom", None) is None:
            return  # not begun: it was ready since it was made
        if only_glanced(recorder, entry, start, coroutine):
            return
        arguments = handle._args
        awaited = arguments[0] if arguments else None
        is_task = issubclass(p.type_of(awaited), self.task_classes)
        other = self.entries.get(p.identity(awaited)) if is_task else None
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

    def other(self, handle, owner, start, ready):
        """(entry, ready) of a handle that is not a step of the usual kind of task; harmless by itself."""
        try:
            function = handle._callback
            if p.type_of(function) is METHOD:
                function = function.__func__
            if p.type_of(function) is FUNCTION and p.type_of(handle) is self.handle_class:
                # One that was met before: `callback_entry` would find the same.
                entry = self.callbacks.get((p.identity(function.__code__), 0))
                if entry is not None and not issubclass(p.type_of(owner), self.task_classes):
                    return entry, ready or self.iterations.get(p.ident(), 0)
            return self._other(handle, owner, start, ready)
        except Exception as error:
            if foreign(error):
                raise
            self.installation.failed("_other", error)
            return self.recorder.entry((0, 0)), 0

    def _other(self, handle, owner, start, ready):
        if owner is not None and self.kind_of(owner) is not None:
            entry = self.entries.get(p.identity(owner)) or self._adopt(owner)
            if start - entry[1] > LONG:
                self._waited(handle, owner, entry, start, ready)
            return entry, ready
        timer = 0
        if not ready:
            if p.type_of(handle) is self.timer_class:
                timer = TIMER
                due = p.nanoseconds(handle._when)
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
            entry = self.recorder.entry((CALLBACK | bits | site, 0))
            if len(self.callbacks) < 50_000:
                self.callbacks[key] = entry
                if code is not None and not bits:
                    self.known[key[0]] = entry
        return entry

    def _long(self, start, end):
        self.recorder.by_name["holds"].extend((start, end, p.ident(), p.thread_cpu()))

    # --- loops -----------------------------------------------------------------------------------------

    def loop_number(self, loop):
        known = self.loops.get(p.identity(loop))
        if known is None or known[1]() is not loop:  # another loop may have had this address
            known = self.loops.keep(loop, (next(self.recorder.numbers), p.weak(loop)))
        return known[0]

    def loop_started(self, loop):
        number = self.loop_number(loop)
        thread = p.ident()
        self.running[thread] = self.running.get(thread, 0) + 1
        selector = getattr(loop, "_selector", None)
        watched = peek(selector, "_fd_to_key")
        if p.type_of(watched) is dict:
            self.watched[thread] = watched
        self.recorder.event(
            "run",
            loop=number,
            thread=p.ident(),
            native=p.native_id(),
            implementation="%s.%s" % (p.type_of(loop).__module__, p.type_of(loop).__qualname__),
            selector=p.type_of(selector).__name__ if selector is not None else "",
            debug=bool(loop.get_debug()),
            stack=self.recorder.interner.stack(p.get_frame(2), ()),
            cpu=p.thread_cpu(),
        )
        return number

    def loop_stopped(self, number):
        left = self.running.pop(p.ident(), 1) - 1
        if left > 0:
            self.running[p.ident()] = left
        else:
            self.watched.pop(p.ident(), None)
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
