"""Sub-interpreters: the agent stays out of them.  One cannot end while a thread of ours is in it, and from CPython
3.12 on it may run while the main one does.

`sys._current_frames` also reads the frames of their threads, which nothing keeps from running meanwhile; that has
crashed (`test_threading` of 3.12).  The C recorder reads those of its own interpreter only.  Without it no stacks are
read once a sub-interpreter may exist.
"""

from __future__ import annotations

import _thread
import sys

from . import primitives as p

#: Modules without which a program of Python makes none.
MAKERS = ("_interpreters", "_xxsubinterpreters")
#: From here on each may have a lock of its own.
SEPARATE = sys.version_info >= (3, 12)


def is_main():
    """Whether this is the interpreter that the process began with; taken to be where that cannot be asked."""
    ask = getattr(_thread, "_is_main_interpreter", None)
    if ask is not None:
        return ask()
    known = "_xxsubinterpreters" in sys.modules
    try:
        import _xxsubinterpreters as maker
    except ImportError:
        return True
    if not known:
        del sys.modules["_xxsubinterpreters"]
    return maker.get_current() == maker.get_main()


def frames_of(native, lacking):
    """What gives the current frame of every thread of this interpreter; `lacking(what, why)` is told where nothing
    does."""
    own = getattr(native, "frames", None)
    if own is not None or not SEPARATE:
        return own or p.current_frames
    told = []

    def frames_if_alone():
        if any(name in sys.modules for name in MAKERS):
            if not told:
                told.append(
                    lacking("stacks", "sub-interpreters may run, and only the C recorder can leave them out")
                )
            return {}
        return p.current_frames()

    return frames_if_alone
