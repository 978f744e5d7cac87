"""The C recorder, where one was built for this kind of interpreter (`asyncwhy.probes.native`).

It is loaded past the import system, so that the program finds no trace of it in `sys.modules`.
"""

from __future__ import annotations

import _frozen_importlib
import _imp

from . import primitives as p

NAME = "_asyncwhy_recorder"
#: What capturing waits may take until the first flush.
WAITS_NS = 20_000_000


def load(folder):
    """The extension module for the run in `folder`, or None."""
    suffixes = _imp.extension_suffixes()
    path = "%s/recorder/%s%s" % (folder, NAME, suffixes[0] if suffixes else "")
    try:
        p.status_of(path)
        module = _imp.create_dynamic(_frozen_importlib.ModuleSpec(NAME, None, origin=path))
        _imp.exec_dynamic(module)
    except (OSError, ImportError):
        return None
    return module


def stepper(hooks, events, tasks, limits):
    """The object that runs and schedules asyncio's handles; `limits` are those of `steps`, in nanoseconds."""
    recorder, loop = hooks.recorder, hooks.loop_class
    own = [(name, loop.__dict__[name]) for name in ("_call_soon", "_check_closed", "get_debug")]
    suitable = []  # kept: they are told apart by their addresses

    def suits(kind):
        """Whether a class of loops schedules as asyncio's own does."""
        found = all(getattr(kind, name, None) is function for name, function in own)
        if found:
            suitable.append(kind)
        return found

    by_name, interner = recorder.by_name, recorder.interner
    recorder.waits = recorder.native.Waits(
        by_name["waits"],
        by_name["kept"],
        recorder.stacks[0],
        tasks.Task,
        interner._strings,
        interner.string,
        WAITS_NS,
    )
    return recorder.native.Stepper(
        entries=hooks.entries,
        callbacks=hooks.known,
        rows=recorder.by_name["steps"],
        handle_type=events.Handle,
        task_type=tasks.Task,
        python_task=tasks._PyTask,
        asleep=hooks.touches.asleep,
        iterations=hooks.iterations,
        adopt=hooks.adopt,
        waited=hooks.waited,
        other=hooks.other,
        longer=hooks.long,
        suits=hooks.installation.harmless(suits, False),
        waits=recorder.waits,
        **limits,
    )


def created(hooks, created):
    """`created(task, loop, coroutine)` by the C recorder, which leaves what it does not know to the function given."""
    recorder = hooks.recorder
    if not hasattr(recorder.native, "Making"):
        return created
    _, running, codes = recorder.stacks
    ends, numbers = recorder.interner.ends, recorder.numbers
    tasks = recorder.by_name["tasks"]
    made = recorder.native.Making(
        hooks.entries, tasks, running, codes, hooks.task_class, numbers, ends, hooks.current_task, created
    )
    return made.created


def passing(hooks, base, function, runs_in, told, plain):
    """In place of a function of uvloop's that takes a callback: the same in C for plain calls, which leaves others to it.

    `plain`: name -> (bits of a step's reference, whether a delay stands before the callback).
    """
    kind, name = getattr(hooks.recorder.native, "Passing", None), function.__name__
    if kind is None or name not in plain:
        return function
    return kind(hooks.stepper, getattr(base, name), function, runs_in, told, hooks.entry_of, *plain[name])
