"""What other threads put into a loop without its thread-safe call, and what debug mode costs.

Debug mode would raise in the other thread; here nothing happens but a row.  Only while some loop sleeps in
its selector is the caller's thread compared with the loop's: an awake loop looks at what is ready anyway.
"""

from __future__ import annotations

from . import primitives as p
from .recorder import FOREIGN
from .twin import Unsuitable, twin

#: In `call_soon`: the time at which the handle was scheduled, marked if it was by another thread.
SCHEDULED = (
    "handle._repr = __aw_clock() if not __aw_asleep or self._thread_id == __aw_ident() "
    "else __aw_touched(self, self._thread_id)"
)


class TouchHooks:
    """`hooks` are those of asyncio, which know the loops' numbers."""

    def __init__(self, hooks, recorder, installation):
        self.hooks = hooks
        self.recorder = recorder
        self.installation = installation
        self.asleep = set()  # threads whose loop sleeps in its selector
        self.futures = None  # whether futures are timed
        self.traces = [0, 0]  # stack traces that debug mode took, and their nanoseconds

    def begin_anew(self):
        """In a forked child nothing sleeps, and nothing was traced."""
        self.asleep.clear()
        self.traces[:] = [0, 0]

    def touched(self, loop, runs_in):
        """Another thread than the one the loop runs in (None: it does not run) has called `call_soon`."""
        now = p.clock()
        if runs_in is None or runs_in == p.ident():
            return now
        stack = self.recorder.interner.stack(p.get_frame(2))
        self.recorder.by_name["touches"].extend((now, p.ident(), self.hooks.loop_number(loop), stack))
        return now | FOREIGN

    def install_debug(self, base_events, format_helpers):
        """Who switches debug mode on; and the time of each stack trace that asyncio then takes."""
        guard = self.installation.harmless
        self.loop_class = base_events.BaseEventLoop
        names = {"__aw_debug": guard(self._debug)}
        self._put(base_events.BaseEventLoop, "set_debug", names, before="__aw_debug(self, enabled)")
        self.timed = {"__aw_clock": p.clock, "__aw_traced": guard(self._traced)}
        self._put(
            format_helpers,
            "extract_stack",
            self.timed,
            before="__aw_before = __aw_clock()",
            beside=(("stack.reverse", "", "__aw_traced(__aw_before)"),),
        )

    def _put(self, owner, name, names, **snippets):
        try:
            made = twin(getattr(owner, name), names, **snippets)
        except (Unsuitable, AttributeError) as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, made)
        return True

    def _debug(self, loop, enabled):
        if enabled:
            if self.futures is None:
                # Futures take their stack traces in C, unseen; this one is only put in where that happens.
                around = (
                    "futures.Future",
                    "__aw_before = __aw_clock()",
                    "__aw_traced(__aw_before)",
                    "always",
                )
                self.futures = self._put(self.loop_class, "create_future", self.timed, beside=(around,))
            stack = self.recorder.interner.stack(p.get_frame(2))
            self.recorder.event("debug", loop=self.hooks.loop_number(loop), thread=p.ident(), stack=stack)

    def _traced(self, before):
        self.traces[0] += 1
        self.traces[1] += p.clock() - before
