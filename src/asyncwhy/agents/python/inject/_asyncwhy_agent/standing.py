"""Where a thread stands when the sampler looks: as its current frame shows it, or as it told the C recorder itself."""

from __future__ import annotations

from . import primitives as p


class Standing:
    """A thread whose frame was read at `time`; `key` changes whenever it moves on."""

    __slots__ = ("frame", "key", "time")

    cpu = None  # the thread's CPU clock is still to be read

    def __init__(self, frame, time):
        self.frame = frame
        self.key = (p.identity(frame), frame.f_lasti)
        self.time = time

    def codes(self):
        """The innermost code and the one that called it, or None."""
        below = self.frame.f_back
        return self.frame.f_code, None if below is None else below.f_code

    def stack(self, interner):
        return interner.stack(self.frame)


class Captured:
    """What the main thread told of itself (`native/capture.c`): it was asked while the sampler had no GIL."""

    __slots__ = ("cpu", "key", "places", "time")

    def __init__(self, time, cpu, places):
        self.time = time
        self.cpu = cpu
        self.places = places
        self.key = None  # known by its stack only

    def codes(self):
        return self.places[0], self.places[2] if len(self.places) > 2 else None

    def stack(self, interner):
        return interner.captured(self.places)


def captures_of(native):
    """What gives the main thread's number and what it told since it was last asked; (0, None) if nothing."""
    taken = getattr(native, "captured", None)

    def captured():
        told = taken() if taken is not None else None
        return (0, None) if told is None or not told[3] else (told[0], Captured(*told[1:]))

    return captured
