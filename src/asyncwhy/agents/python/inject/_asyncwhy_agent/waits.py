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


def chain(coroutine):
    """(owner, code, lasti) of every suspended frame, outermost first; the owner is a coroutine or generator."""
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
                    walk = _wrapped(walk)
                    continue
                following = walk.ag_await
        places.append((walk, frame.f_code, frame.f_lasti))
        walk = following
    return places


def _wrapped(walk):
    """The coroutine or asynchronous generator in a wrapper of CPython's own, or None."""
    if p.type_of(walk).__name__ not in WRAPPERS or p.type_of(walk).__module__ != "builtins":
        return None
    inside = p.referents(walk)
    return inside[0] if inside else None


def stack_of(interner, coroutine):
    """The number of the stack on which `coroutine` is suspended, innermost first."""
    places = [(code, lasti) for _, code, lasti in reversed(chain(coroutine))]
    key = []
    for code, lasti in places:
        key.append(p.identity(code))
        key.append(lasti)
    return interner.places(tuple(key), places) if places else 0


def stack_and_kept(interner, coroutine, entry):
    """(number of the stack on which it is suspended, how many outer frames were there at the wait before).

    Frames are told apart by weak references in the task's `entry`: an address alone may be used again.
    """
    places = chain(coroutine)
    before = entry[2] if len(entry) > 2 else ()
    kept, same, now = 0, True, []
    for index, (owner, _, __) in enumerate(places):
        reference = before[index] if same and index < len(before) else None
        if reference is not None and reference() is owner:
            kept += 1
        else:
            same = False
            try:
                reference = p.weak(owner)
            except TypeError:  # a compiled coroutine that takes none
                break
        now.append(reference)
    entry[2:] = (now,)
    places.reverse()
    key = []
    for _, code, lasti in places:
        key.append(p.identity(code))
        key.append(lasti)
    return interner.places(tuple(key), [(code, lasti) for _, code, lasti in places]), kept
