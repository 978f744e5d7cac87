"""Where a task stood while it waited: read once, when a long wait has ended and before the step runs.

The chain of `cr_await` is still whole at that moment, so short waits cost nothing.
"""

from __future__ import annotations

from . import primitives as p

#: A wait is captured from this length on: 1 ms.
LONG = 1_000_000
DEEPEST = 60


def chain(coroutine):
    """(code, lasti) of every suspended frame, outermost first."""
    places = []
    walk = coroutine
    while walk is not None and len(places) < DEEPEST:
        frame = getattr(walk, "cr_frame", None)
        if frame is not None:
            following = walk.cr_await
        else:
            frame = getattr(walk, "gi_frame", None)
            if frame is not None:
                following = walk.gi_yieldfrom
            else:
                frame = getattr(walk, "ag_frame", None)
                if frame is None:
                    break
                following = walk.ag_await
        places.append((frame.f_code, frame.f_lasti))
        walk = following
    return places


def stack_of(interner, coroutine):
    """The number of the stack on which `coroutine` is suspended, innermost first."""
    places = chain(coroutine)
    places.reverse()
    key = []
    for code, lasti in places:
        key.append(p.identity(code))
        key.append(lasti)
    return interner.places(tuple(key), places)
