"""Where a task stood while it waited: read once, when a long wait has ended and before the step runs.

The chain of `cr_await` is still whole at that moment, so short waits cost nothing.
"""

from __future__ import annotations

from . import primitives as p

#: A wait is captured from this length on: 1 ms.
LONG = 1_000_000
DEEPEST = 60
#: What stands between an `await` and the frame that it waits for, and tells nobody which that is.
WRAPPERS = ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable")


async def _none():
    """Made for its type."""


_coroutine = _none()
COROUTINE = p.type_of(_coroutine)
GENERATOR = p.type_of(x for x in ())
_coroutine.close()


def chain(coroutine):
    """(owner, code, lasti) of every suspended frame, outermost first; the owner is a coroutine or generator."""
    places = []
    walk = coroutine
    while walk is not None and len(places) < DEEPEST:
        kind = p.type_of(walk)
        if kind is COROUTINE:
            frame, following = walk.cr_frame, walk.cr_await
        elif kind is GENERATOR:
            frame, following = walk.gi_frame, walk.gi_yieldfrom
        elif kind.__name__ == "FutureIter":  # asyncio's, in C: most chains end here
            break
        else:
            frame, following = _suspended(walk)
        if frame is not None:
            places.append((walk, frame.f_code, frame.f_lasti))
        elif kind is COROUTINE or kind is GENERATOR:
            break
        walk = following
    return places


def _suspended(walk):
    """(frame, what it waits for) of any other awaitable; without a frame, what is wrapped in it."""
    frame = getattr(walk, "cr_frame", None)
    if frame is not None:
        return frame, walk.cr_await
    frame = getattr(walk, "gi_frame", None)
    if frame is not None:
        return frame, walk.gi_yieldfrom
    frame = getattr(walk, "ag_frame", None)
    if frame is not None:
        return frame, walk.ag_await
    return None, _wrapped(walk)


def _wrapped(walk):
    """The coroutine or asynchronous generator in a wrapper of CPython's own, or None."""
    if p.type_of(walk).__name__ not in WRAPPERS or p.type_of(walk).__module__ != "builtins":
        return None
    inside = p.referents(walk)
    return inside[0] if inside else None


def stack_of(interner, coroutine):
    """The number of the stack on which `coroutine` is suspended, innermost first."""
    return _number(interner, chain(coroutine))


def only_glanced(recorder, entry, start, coroutine):
    """Whether the wait before a step that begins at `start` is told only since `glances` asked where its task stood.

    The end of the last step, negative until then, is put right.
    """
    if entry[1] >= 0:
        return False
    recorder.by_name["glances"].extend((start, entry[0], stack_of(recorder.interner, coroutine)))
    entry[1] = -entry[1]
    return start - entry[1] <= LONG


def _number(interner, places):
    if not places:
        return 0
    key = tuple([part for _, code, lasti in reversed(places) for part in (p.identity(code), lasti)])
    return interner.known(key) or interner.places(key, [(code, lasti) for _, code, lasti in reversed(places)])


def stack_and_kept(interner, coroutine, entry):
    """(number of the stack on which it is suspended, how many outer frames were there at the wait before).

    Frames are told apart by weak references in the task's `entry`: an address alone may be used again.
    """
    places = chain(coroutine)
    before = entry[2] if len(entry) > 2 else []
    kept = 0
    for place, reference in zip(places, before):
        if reference() is not place[0]:
            break
        kept += 1
    if kept < len(places) or kept < len(before):
        now = before[:kept]
        for place in places[kept:]:
            try:
                now.append(p.weak(place[0]))
            except TypeError:  # a compiled coroutine that takes none
                break
        entry[2:] = (now,)
    return _number(interner, places), kept
