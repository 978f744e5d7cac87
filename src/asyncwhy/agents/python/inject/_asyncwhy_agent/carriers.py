"""Coroutines of frameworks that only carry the program's own: which one it is.

anyio makes a task of `TaskHandle._run_coro`, whose handle has the coroutine that the program gave.  A frame's
locals are looked at through the garbage collector's own eyes: asking for `f_locals` would keep them alive.
"""

from __future__ import annotations

from . import primitives as p
from .safety import peek

#: Functions that carry, with the class of the object that has the coroutine and its attribute there.
CARRIERS = {"_run_coro": ("TaskHandle", "_coro")}


def carried(coroutine):
    """The coroutine that this one was made to run; itself if it runs nobody else's."""
    code = peek(coroutine, "cr_code")
    known = CARRIERS.get(peek(code, "co_name"))
    if known is None or "/anyio/" not in code.co_filename:
        return coroutine
    owner, name = known
    frame = peek(coroutine, "cr_frame")
    for holder in (coroutine, frame):
        for thing in p.referents(holder) if holder is not None else ():
            if p.type_of(thing).__name__ == owner:
                return peek(thing, name, coroutine)
    return coroutine
