"""Whose step a handle is that runs no task of the usual kind, and since when it could run."""

from __future__ import annotations

from . import primitives as p
from .recorder import CALLBACK, TIMER
from .safety import foreign, name_of, peek
from .threads import CODE
from .waits import LONG

FUNCTION, METHOD = p.type_of(peek), p.type_of(peek.__get__(0))
#: Functions that are remembered at most.
MOST = 50_000
DAY = 86_400


class Callbacks:
    """Entries of callbacks, one for all handles of a function.  Times are the recorder's own: nanoseconds of the C
    recorder, else seconds."""

    def __init__(self, hooks):
        self.hooks = hooks
        self.recorder = hooks.recorder
        self.known = {}
        self.by_code = (
            hooks.recorder.entries_type()
        )  # id of a plain callback's code -> its entry, for the C recorder
        exact = bool(hooks.recorder.native)
        self.own_time = p.nanoseconds if exact else float
        self.long, self.day = (LONG, DAY * 10**9) if exact else (LONG / 1e9, DAY)

    def install(self):
        self.entry_of = self.hooks.installation.harmless(self.entry, self.recorder.entry((0, 0)))
        for function in (self.other, self._other):
            self.recorder.interner.hidden.add(p.identity(function.__code__))

    def begin_anew(self):
        """In a forked child: numbers given out in the parent mean nothing here."""
        self.known.clear()
        self.by_code.clear()

    def other(self, handle, owner, start, ready):
        """(entry, ready) of a handle that is not a step of the usual kind of task; harmless by itself."""
        try:
            function = handle._callback
            if p.type_of(function) is METHOD:
                function = function.__func__
            if p.type_of(function) is FUNCTION and p.type_of(handle) is self.hooks.handle_class:
                # One that was met before: `entry` would find the same.
                entry = self.known.get((p.identity(function.__code__), 0))
                if entry is not None and not issubclass(p.type_of(owner), self.hooks.task_classes):
                    return entry, ready or self.hooks.iterations.get(p.ident(), 0)
            return self._other(handle, owner, start, ready)
        except Exception as error:
            if foreign(error):
                raise
            self.hooks.installation.failed("_other", error)
            return self.recorder.entry((0, 0)), 0

    def _other(self, handle, owner, start, ready):
        hooks = self.hooks
        if owner is not None and hooks.kind_of(owner) is not None:
            entry = hooks.entries.get(p.identity(owner)) or hooks.adopt(owner)
            if start - entry[1] > self.long:
                hooks.waited(handle, owner, entry, start, ready)
            return entry, ready
        timer = 0
        if not ready:
            if p.type_of(handle) is hooks.timer_class:
                timer = TIMER
                due = self.own_time(handle._when)
                # A loop with a clock of its own tells nothing about ours.
                ready = due if 0 <= start - due < self.day else start
            else:
                ready = hooks.iterations.get(p.ident(), 0)
        return self.entry(handle._callback, timer), ready

    def entry(self, callback, bits=0):
        """The entry shared by all callbacks of one function."""
        function = peek(callback, "func", callback)
        function = peek(function, "__func__", function)
        code = peek(function, "__code__")
        if p.type_of(code) is not CODE:
            code = None
        key = (p.identity(code) if code is not None else name_of(function), bits)
        entry = self.known.get(key)
        if entry is None:
            interner = self.recorder.interner
            site = interner.site(code, -1) if code is not None else interner.named(key[0])
            entry = self.recorder.entry((CALLBACK | bits | site, 0))
            if len(self.known) < MOST:
                self.known[key] = entry
                if code is not None and not bits:
                    self.by_code[key[0]] = entry
        return entry
