"""What stands around each step of asyncio's loops: the hot path.

The loop's own `_run_once` runs its handles with a row of ours behind each: there one reading of the clock ends a
step and begins the next, and what is the same for a whole iteration is read once.  It calls the library's own
`Handle._run`, unless somebody has put another in its place or the handle is of a class of its own.  A handle that
runs in any other way (debug mode, another library's loop) meets the twin of `Handle._run`, which records by itself.
"""

from __future__ import annotations

from . import primitives as p
from .safety import refused
from .stream import pack_step
from .waits import LONG

#: Steps from this length on (2 ms) also read the thread's CPU clock when they end.
HOLD = 2_000_000

#: A task that was ready at once and only stood in the queue has waited for nothing: where it stands is looked at
#: from this length on (10 ms), which a loop that is merely busy does not reach.
STARVED = 10_000_000

#: So long (0.5 ms) the loop goes on without asking itself whether a step or a wait was long.
CLOSE = 500_000

LIMITS = {"long_ns": LONG, "starved_ns": STARVED, "hold_ns": HOLD}
#: With the C recorder: around the handle's own call, which it makes; and before the body of `call_soon`, which is
#: left what it does not do itself (debug mode, another thread's call, loops that schedule in a way of their own).
NATIVE = (
    "self._context.run",
    """
if not __aw_step(self):
    self._context.run(self._callback, *self._args)
""",
)
#: What it has to look at is read here: the interpreter reads attributes faster than C does.
SCHEDULING = """
__aw_handle = __aw_schedule(
    self, callback, args, context, self._ready, self._closed, self._debug, events.Handle, events.Handle.__init__
)
if __aw_handle is not None:
    return __aw_handle
"""

#: Whose step it is: leaves `__aw_object` and `__aw_ready`.
WHOSE = """
try:
    __aw_ready = {handle}._repr
    if __aw_ready is None: __aw_ready = 0
    __aw_object = __aw_getattr({handle}._callback, "__self__", None)
except __aw_Exception as __aw_error:
    __aw_ready = 0
    __aw_object = __aw_refused(__aw_error)
"""
#: Before a task's step, with its `__aw_entry`.
LOOK = """
__aw_since = __aw_entry[1]
if __aw_start - __aw_since > %d and (
    __aw_ready - __aw_since > %d or __aw_start - __aw_since > %d or not __aw_ready
):
    if __aw_recorder.wait_budget > 0:
        __aw_waited({handle}, __aw_object, __aw_entry, __aw_start, __aw_ready)
    else:
        __aw_recorder.skipped_waits += 1
""" % (LONG, LONG, STARVED)

RUN_BEFORE = """
__aw_start = __aw_clock()
{whose}
if __aw_type(__aw_object) is __aw_task:
    __aw_entry = __aw_entries.get(__aw_id(__aw_object)) or __aw_adopt(__aw_object)
    {look}
else:
    __aw_entry, __aw_ready = __aw_other(self, __aw_object, __aw_start, __aw_ready)
__aw_object = None
"""
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

#: In `_run_once`, in place of its last `handle._run()`.  Until `__aw_due` no step can have been long, nor can a
#: task have waited long whose last step ended after `__aw_horizon`: two comparisons instead of two subtractions.
STEP = """
if __aw_Handle._run is __aw_twin and __aw_type(handle) in __aw_plain:
    {whose}
    if __aw_type(__aw_object) is __aw_task:
        try:
            __aw_entry = __aw_entries[__aw_id(__aw_object)]
        except __aw_KeyError:
            __aw_entry = __aw_adopt(__aw_object)
        if __aw_entry[1] < __aw_horizon:
            {look}
    else:
        __aw_entry, __aw_ready = __aw_other(handle, __aw_object, __aw_start, __aw_ready)
    __aw_object = None
    __aw_run(handle)
    __aw_end = __aw_clock()
    __aw_record(__aw_pack(__aw_start, __aw_end, __aw_ready, __aw_entry[0], __aw_thread))
    if __aw_end > __aw_due:
        if __aw_end - __aw_start > %d:
            __aw_long(__aw_start, __aw_end)
        __aw_due = __aw_end + %d
        __aw_horizon = __aw_end - %d
    __aw_entry[1] = __aw_start = __aw_end
else:
    handle._run()
    __aw_start = __aw_clock()
    __aw_due = __aw_start + %d
    __aw_horizon = __aw_start - %d
""" % (HOLD, CLOSE, LONG - CLOSE, CLOSE, LONG - CLOSE)


def _filled(text, handle):
    """`text` with the shared parts in it, each at the place and depth of its name."""
    for name, part in (("whose", WHOSE), ("look", LOOK)):
        lines = part.format(handle=handle).strip().split("\n")
        before = text.partition("{%s}" % name)[0]
        depth = len(before) - len(before.rstrip(" "))
        text = text.replace("{%s}" % name, ("\n" + " " * depth).join(lines))
    return text


RUN_BEFORE = _filled(RUN_BEFORE, "self")
STEP = _filled(STEP, "handle")

SELECTING = """
__aw_thread = __aw_ident()
__aw_before = __aw_clock()
if timeout != 0: __aw_asleep.add(__aw_thread)
"""
SELECTED = """
__aw_after = __aw_clock()
__aw_iterations[__aw_thread] = __aw_after
if __aw_after - __aw_before > 20000:
    __aw_idle((__aw_before, __aw_after, __aw_thread))
if __aw_after > __aw_awaited[0]:
    __aw_give_way()
if timeout != 0: __aw_asleep.discard(__aw_thread)
"""
BEGINNING = """
__aw_start = __aw_clock()
__aw_due = __aw_start + %d
__aw_horizon = __aw_start - %d
""" % (CLOSE, LONG - CLOSE)


def names_of_run(hooks):
    """What the snippets of a step may use."""
    return {
        "__aw_clock": p.clock,
        "__aw_id": p.identity,
        "__aw_getattr": getattr,
        "__aw_Exception": Exception,
        "__aw_KeyError": KeyError,
        "__aw_refused": refused,
        "__aw_type": p.type_of,
        "__aw_task": hooks.task_class,
        "__aw_entries": hooks.entries,
        "__aw_adopt": hooks.adopt,
        "__aw_waited": hooks.waited,
        "__aw_other": hooks.other,
        "__aw_recorder": hooks.recorder,
        "__aw_record": hooks.recorder.step,
        "__aw_pack": pack_step,
        "__aw_ident": p.ident,
        "__aw_long": hooks.long,
    }
