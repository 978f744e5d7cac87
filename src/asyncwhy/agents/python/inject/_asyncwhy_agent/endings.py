"""Tasks whose work or error is lost: collected while pending, cancelled at exit, an exception never read.

The runtime itself says so, through the loop's exception handler; what `asyncio.run` cancels is noted as it is
cancelled, and what is still pending when somebody closes a loop, then: later nothing tells where it stood.  No
task is kept alive: a row holds its number, where it stood, and how long its timer had to go.
"""

from __future__ import annotations

from . import primitives as p
from .twin import Unsuitable, twin
from .waits import stack_of

#: How a task was lost (the `how` of a row).
COLLECTED, AT_EXIT, UNREAD, AT_CLOSE = 1, 2, 3, 4
TOLD = {
    "Task was destroyed but it is pending!": ("task", COLLECTED),
    "Task exception was never retrieved": ("future", UNREAD),
}


class EndingHooks:
    """Installs the twins; `hooks` are those of asyncio, which know the tasks' numbers."""

    def __init__(self, hooks, recorder, installation):
        self.hooks = hooks
        self.recorder = recorder
        self.installation = installation

    def install(self, base_events, runners):
        guard = self.installation.harmless
        self.told = guard(self._told)
        names = {"__aw_told": self.told}
        self._put(base_events.BaseEventLoop, "call_exception_handler", names, before="__aw_told(context)")
        closing = guard(lambda loop: self._ending(loop, base_events.tasks.all_tasks(loop), AT_CLOSE))
        self._put(base_events.BaseEventLoop, "close", {"__aw_closing": closing}, before="__aw_closing(self)")
        names = {"__aw_ending": guard(self._ending)}
        beside = (("tasks.all_tasks", "", "__aw_ending(loop, to_cancel)"),)
        self._put(runners, "_cancel_all_tasks", names, beside=beside)

    def _put(self, owner, name, names, **snippets):
        try:
            made = twin(getattr(owner, name), names, **snippets)
        except (Unsuitable, AttributeError) as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, made)

    def _told(self, context):
        """The runtime tells of a task; what else it may tell is not ours."""
        if p.type_of(context) is not dict:
            return
        message = context.get("message")
        if p.type_of(message) is not str or message not in TOLD:
            return
        key, how = TOLD[message]
        task = context.get(key)
        error = context.get("exception")
        if how == COLLECTED:
            self._row(task, how, self._standing(task), 0, 0)
        else:
            self._row(task, how, self._raised(error), self._text(p.type_of(error).__name__), 0)

    def _ending(self, loop, tasks, how=AT_EXIT):
        """`asyncio.run` is about to cancel these; or their loop is closed, and nothing will run them any more."""
        due = {}
        scheduled = getattr(loop, "_scheduled", None)  # a test may have made the loop of anything
        for handle in list(scheduled) if p.type_of(scheduled) is list else ():
            for argument in getattr(handle, "_args", None) or ():
                due[p.identity(argument)] = handle._when
        now = loop.time() if due else 0.0
        for task in tasks:
            kind = self.hooks.kind_of(task)
            if kind is None or getattr(task, "_must_cancel", False):
                continue  # somebody has asked it to end
            waits_for = getattr(task, "_fut_waiter", None)
            if waits_for is not None and getattr(waits_for, "_state", "") == "CANCELLED":
                continue
            left = due.get(p.identity(waits_for), now) - now if waits_for is not None else 0.0
            text = self._text(p.type_of(waits_for).__name__ if waits_for is not None else "")
            self._row(task, how, self._standing(task), text, max(p.nanoseconds(left), 0))

    def _row(self, task, how, stack, note, left):
        entry = self.hooks.entries.get(p.identity(task))
        if entry is None or self.hooks.kind_of(task) is None:
            return
        row = (entry[0], p.clock(), how, stack, note, left, p.ident())
        self.recorder.by_name["losses"].extend(row)
        if self.recorder.closing:
            self.recorder.flush()

    def _standing(self, task):
        """Where a pending task is suspended; 0 if it has not begun, or is nothing that can be asked."""
        kind = self.hooks.kind_of(task)
        coroutine = kind.get_coro(task) if kind is not None else None
        if getattr(coroutine, "cr_await", None) is None and getattr(coroutine, "gi_yieldfrom", None) is None:
            return 0
        return stack_of(self.recorder.interner, coroutine)

    def _raised(self, error):
        """Where an exception came up, innermost first."""
        places = []
        trace = getattr(error, "__traceback__", None)
        while trace is not None and len(places) < 60:
            places.append((trace.tb_frame.f_code, trace.tb_lasti))
            trace = trace.tb_next
        places.reverse()
        key = []
        for code, lasti in places:
            key.append(p.identity(code))
            key.append(lasti)
        return self.recorder.interner.places(tuple(key), places) if places else 0

    def _text(self, text):
        return self.recorder.interner.string(text) if text else 0
