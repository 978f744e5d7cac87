"""What runs code in a process and has no hook of ours: known by its modules when a process ends."""

from __future__ import annotations

import sys

from .interpreters import MAKERS

#: Where the modules are, so much is not observed.
GREENLETS = {"gevent.hub": "greenlets of gevent", "eventlet.hubs": "greenlets of eventlet"}


def blind_spots():
    """What was not observed of this process, in words."""
    found = [what for module, what in GREENLETS.items() if module in sys.modules]
    if any(module in sys.modules for module in MAKERS):
        found.append("sub-interpreters, if there were any")
    return found
