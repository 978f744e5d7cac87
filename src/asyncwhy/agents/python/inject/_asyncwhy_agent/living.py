"""What is known of objects of the program's by their address, without keeping them alive or being told of their end.

A program may make a loop or a pool for every call: what is known of those that are gone leaves as the table grows.
"""

from __future__ import annotations

from . import primitives as p

#: So many may be kept before the first look at which are gone.
FEW = 256


class Living(dict):
    """id -> a tuple whose last item is `reference(thing)`."""

    def __init__(self):
        self.most = FEW

    def keep(self, thing, known):
        if len(self) >= self.most:
            for key, gone in list(self.items()):
                if gone[-1]() is None:
                    self.pop(key, None)
            self.most = max(FEW, 2 * len(self))
        self[p.identity(thing)] = known
        return known


def reference(thing):
    """A weak reference, or for what has none a function that says it is still there."""
    try:
        return p.weak(thing)
    except TypeError:
        return _unknown


def _unknown():
    return True
