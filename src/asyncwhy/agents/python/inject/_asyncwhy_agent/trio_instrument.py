"""The instrument that one run of trio gets: its methods are the hooks of `trio.abc.Instrument`.

It writes what the hooks of asyncio write.  A deadline is a timer's callback, due when the deadline
was, which wakes the tasks that it cancels.
"""

from __future__ import annotations

from . import primitives as p
from .recorder import CALLBACK, FOREIGN, TIMER
from .stream import pack_step
from .waits import LONG

#: Steps from this length on (2 ms) also read the thread's CPU clock when they end.
HOLD = 2_000_000
#: Waits for events shorter than this (20 µs) are not idle time.
IDLE = 20_000
DAY = 86_400_000_000_000
#: What was scheduled last: something by a step, by an event from outside, or by a deadline.
STEPS, EVENTS, DEADLINES = 0, 1, 2


class Instrument:
    """What one run of trio tells; its public methods are trio's hooks."""

    def __init__(self, hooks, runner, number, is_guest):
        self.hooks = hooks
        self.runner = runner
        self.number = number
        self.is_guest = is_guest
        self.thread = p.ident()
        self.ready = {}
        self.entries = hooks.entries
        self.record = hooks.recorder.step
        self.scheduled_by = STEPS
        self.start = self.due = self.waiting = 0
        self.entry = [0, 0]
        self.awaited = hooks.recorder.awaited
        own = p.type_of(runner.clock).__name__ == "SystemClock"
        self.sleep_time = runner.clock.deadline_to_sleep_time if own else None
        deadlines = p.type_of(runner.deadlines).expire.__code__
        self.timer = CALLBACK | TIMER | hooks.recorder.interner.site(deadlines, -1)

    def join(self):
        """Become the first of the run's instruments, without a call of the program's being told."""
        instruments = self.runner.instruments
        names = ["_all", "task_spawned", "task_scheduled", "before_task_step", "after_task_step",
                 "task_exited", "after_run"]  # fmt: skip
        if not self.is_guest:  # there, the host works while trio waits
            names += ["before_io_wait", "after_io_wait"]
        for name in names:
            if self.hooks.protect is not None and name != "_all":
                self.hooks.protect(getattr(p.type_of(self), name))
            instruments[name] = {self: None, **(instruments.get(name) or {})}

    def failed(self, where, error):
        """An error of ours: this run is not observed any further."""
        self.hooks.installation.failed("trio " + where, error)
        try:
            self.runner.instruments.remove_instrument(self)
        except KeyError:
            pass

    # --- trio's hooks ----------------------------------------------------------------------------------

    def task_spawned(self, task):
        try:
            self.hooks.adopt(task, self.hooks.recorder.interner.stack(p.get_frame(2)))
        except Exception as error:
            self.failed("task_spawned", error)

    def task_scheduled(self, task):
        try:
            now = p.clock()
            if self.scheduled_by:
                now = self._from_outside(task, now)
            self.ready[p.identity(task)] = now
        except Exception as error:
            self.failed("task_scheduled", error)

    def before_task_step(self, task):
        try:
            self.scheduled_by = STEPS
            key = p.identity(task)
            self.entry = entry = self.entries.get(key) or self.hooks.adopt(task)
            self.due = self.ready.pop(key, 0)
            self.start = start = p.clock()
            if start - entry[1] > LONG and not entry[0] & CALLBACK:
                self.hooks.waited(task, entry, start, self.due)
        except Exception as error:
            self.failed("before_task_step", error)

    def after_task_step(self, _task):
        try:
            entry = self.entry
            entry[1] = end = p.clock()
            start = self.start
            self.record(pack_step(start, end, self.due, entry[0], self.thread))
            if entry[0] == self.hooks.entry_ref:
                # What another thread put in while it ran, it has taken out.
                self.hooks.woken.pop(p.identity(self.runner.entry_queue), None)
            if end - start > HOLD:
                holds = self.hooks.recorder.by_name["holds"]
                holds.extend((start, end, self.thread, p.thread_cpu()))
        except Exception as error:
            self.failed("after_task_step", error)

    def task_exited(self, task):
        # Its last step is still to be told, by `entry`.
        self.entries.pop(p.identity(task), None)

    def before_io_wait(self, _timeout):
        self.scheduled_by = EVENTS
        self.waiting = p.clock()

    def after_io_wait(self, _timeout):
        try:
            now = p.clock()
            if now - self.waiting > IDLE:
                self.hooks.recorder.by_name["idles"].extend((self.waiting, now, self.thread))
            self.scheduled_by = DEADLINES
            if now > self.awaited[0]:
                self.hooks.recorder.give_way()
        except Exception as error:
            self.failed("after_io_wait", error)

    def after_run(self):
        try:
            self.hooks.stopped(self.number)
        except Exception as error:
            self.failed("after_run", error)

    # --- what came from outside ------------------------------------------------------------------------

    def _from_outside(self, task, now):
        """When a task could run that an event or a deadline woke."""
        if self.scheduled_by == DEADLINES:
            due = self._due(task, now)
            if due:
                # As a callback that takes its time, and wakes the task in the midst of it.
                end = p.clock()
                self.record(pack_step(now, end, due, self.timer, self.thread))
                return (now + end) // 2
        elif task.coro.cr_code is self.hooks.entry_code:
            since = self.hooks.woken.pop(p.identity(self.runner.entry_queue), 0)
            if since:
                return since | FOREIGN
        return now

    def _due(self, task, now):
        """When the deadline was that has just cancelled this task; 0 if none of its own had."""
        status = task._cancel_status
        while status is not None and self.sleep_time is not None:
            scope = status._scope
            if scope._cancel_called:
                due = now + p.nanoseconds(self.sleep_time(scope._deadline))
                return due if now - DAY < due <= now else 0
            status = status._parent
        return 0


def kind_of(coroutine):
    """What a task waits for: trio's own function that it stands in, the outermost of those innermost."""
    kind, walk = "yield", coroutine
    while walk is not None:
        code = getattr(walk, "cr_code", None)
        if code is None:
            break
        if "/trio/" not in code.co_filename:
            kind = ""
        elif not kind or kind == "yield":
            kind = getattr(code, "co_qualname", None) or code.co_name
        if code.co_name == "_nested_child_finished":
            return "Nursery"
        walk = walk.cr_await
    return kind or "yield"
