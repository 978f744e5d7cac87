"""What stands around each step of asyncio's loops: the hot path.

The loop's own `_run_once` runs its handles with a row of ours behind each: there one reading of the clock ends a
step and begins the next, and what is the same for a whole iteration is read once.  It calls the library's own
`Handle._run`, unless somebody has put another in its place or the handle is of a class of its own.  A handle that
runs in any other way (debug mode, another library's loop) meets the twin of `Handle._run`, which records by itself.

Times are seconds in these snippets (`runs` says why), also those kept in handles and in the entries of tasks; one
that is negative was noted by another thread than the loop's.  `exactly` makes nanoseconds of them.
"""

from __future__ import annotations

from . import primitives as p
from .recorder import FOREIGN
from .runs import BEGAN
from .safety import refused
from .stream import pack_step
from .waits import LONG

#: Steps from this length on (2 ms) also read the thread's CPU clock when they end.
HOLD = 2_000_000
SECOND = 1e9  # nanoseconds

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
    if __aw_ready is None: __aw_ready = 0.0
    __aw_object = __aw_getattr({handle}._callback, "__self__", None)
except __aw_Exception as __aw_error:
    __aw_ready = 0.0
    __aw_object = __aw_refused(__aw_error)
"""
#: Before a task's step, with its `__aw_entry` and when its last step ended, which may be long ago.
LOOK = """
if __aw_ready - __aw_since > %r or __aw_start - __aw_since > %r or (
    __aw_ready <= 0.0 and __aw_start - __aw_since > %r
):
    if __aw_recorder.wait_budget > 0:
        __aw_waited({handle}, __aw_object, __aw_entry, __aw_start, __aw_ready)
    else:
        __aw_recorder.skipped_waits += 1
""" % (LONG / SECOND, STARVED / SECOND, LONG / SECOND)

RUN_BEFORE = """
__aw_start = __aw_seconds()
{whose}
if __aw_type(__aw_object) is __aw_task:
    __aw_entry = __aw_entries.get(__aw_id(__aw_object)) or __aw_adopt(__aw_object)
    __aw_since = __aw_entry[1]
    {look}
else:
    __aw_entry, __aw_ready = __aw_other(self, __aw_object, __aw_start, __aw_ready)
__aw_object = None
"""
RUN_AFTER = """
__aw_end = __aw_seconds()
__aw_alone(__aw_start, __aw_end, __aw_ready, __aw_entry[0])
__aw_entry[1] = __aw_end
if __aw_end - __aw_start > %r:
    __aw_long(__aw_start, __aw_end)
__aw_entry = None
""" % (HOLD / SECOND)

#: In `_run_once`, in place of its last `handle._run()`.  Until `__aw_due` no step can have been long, nor can a
#: task have waited long whose last step ended after `__aw_horizon`: two comparisons instead of two subtractions.
STEP = """
if __aw_Handle._run is __aw_twin and (__aw_type(handle) is __aw_Handle or __aw_type(handle) is __aw_Timer):
    {whose}
    if __aw_type(__aw_object) is __aw_task:
        try:
            __aw_entry = __aw_entries[__aw_id(__aw_object)]
        except __aw_KeyError:
            __aw_entry = __aw_adopt(__aw_object)
        __aw_since = __aw_entry[1]
        if __aw_since < __aw_horizon:
            {look}
    else:
        __aw_entry, __aw_ready = __aw_other(handle, __aw_object, __aw_start, __aw_ready)
    __aw_object = None
    __aw_run(handle)
    __aw_end = __aw_seconds()
    __aw_rows += (__aw_end, __aw_ready, __aw_entry[0])
    if __aw_end > __aw_due:
        if __aw_end - __aw_start > %r:
            __aw_long(__aw_start, __aw_end)
        __aw_due = __aw_end + %r
        __aw_horizon = __aw_end - %r
    __aw_entry[1] = __aw_start = __aw_end
else:
    handle._run()
    {begin}
""" % (HOLD / SECOND, CLOSE / SECOND, (LONG - CLOSE) / SECOND)
#: From here on the next step counts.
BEGIN = """
__aw_start = __aw_seconds()
__aw_due = __aw_start + %r
__aw_horizon = __aw_start - %r
__aw_rows += (__aw_start, 0.0, %r)
""" % (CLOSE / SECOND, (LONG - CLOSE) / SECOND, BEGAN)
#: Where an iteration has found what is ready.
BEGINNING = """
__aw_rows = __aw_rows_of.get(__aw_thread)
if __aw_rows is None: __aw_rows = __aw_enter(__aw_thread)
{begin}
__aw_iterations[__aw_thread] = __aw_start
"""


def _filled(text, handle):
    """`text` with the shared parts in it, each at the place and depth of its name."""
    for name, part in (("whose", WHOSE), ("look", LOOK), ("begin", BEGIN)):
        lines = part.format(handle=handle).strip().split("\n")
        before, found, _ = text.partition("{%s}" % name)
        if not found:
            continue
        depth = len(before) - len(before.rstrip(" "))
        text = text.replace("{%s}" % name, ("\n" + " " * depth).join(lines))
    return text


RUN_BEFORE = _filled(RUN_BEFORE, "self")
STEP = _filled(STEP, "handle")
BEGINNING = _filled(BEGINNING, "")

SELECTING = """
__aw_thread = __aw_ident()
__aw_before = __aw_clock()
if timeout != 0: __aw_asleep.add(__aw_thread)
"""
SELECTED = """
__aw_after = __aw_clock()
{noted}
if __aw_after - __aw_before > 20000:
    __aw_idle((__aw_before, __aw_after, __aw_thread))
if __aw_after > __aw_awaited[0]:
    __aw_give_way()
if timeout != 0: __aw_asleep.discard(__aw_thread)
"""
#: With the C recorder an iteration's beginning is noted here, in its nanoseconds.
SELECTED_NATIVE = SELECTED.format(noted="__aw_iterations[__aw_thread] = __aw_after")
SELECTED = SELECTED.format(noted="pass")


def exactly(time):
    """Nanoseconds of a time of the hot path: seconds, negative when another thread noted it."""
    if p.type_of(time) is not float:
        return time
    return int(time * SECOND) if time >= 0.0 else int(-time * SECOND) | FOREIGN


def alone(recorder):
    """What records a step that ran in another way than by `_run_once`; it takes start, end, ready and reference."""
    record = recorder.step

    def row(start, end, ready, ref):
        record(pack_step(exactly(start), exactly(end), exactly(ready), ref, p.ident()))

    return row


def names_of_run(hooks):
    """What the snippets of a step may use."""
    return {
        "__aw_clock": p.clock,
        "__aw_seconds": p.seconds,
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
        "__aw_alone": alone(hooks.recorder),
        "__aw_rows_of": hooks.recorder.runs.innermost,
        "__aw_enter": hooks.recorder.runs.enter,
        "__aw_ident": p.ident,
        "__aw_long": hooks.long,
    }
