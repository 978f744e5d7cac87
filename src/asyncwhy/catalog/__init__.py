"""Data: callables known to block, what frames do, and what sends work elsewhere; per runtime.

    catalog = load("python")
    catalog.lookup("requests.sessions.Session.get")                # Entry(kind="net", tier="A", ...)
    catalog.operation_of(".../python3.13/socket.py", "readinto")   # "net"
    catalog.offload_of_stack([("asyncio.threads", "to_thread")])   # Offload(call="asyncio.to_thread", ...)

The data stand in TOML files below the runtime's name; `python/blocking/stdlib.toml` explains their fields.
tests/catalog/verify_catalog.py checks them against real interpreters and packages.
"""

from __future__ import annotations

from functools import cache

from .catalog import Catalog, Frame
from .words import GIL, KINDS, OTHER, TARGETS, TIERS, Advice, Entry, Offload, Operation

__all__ = [
    "GIL",
    "KINDS",
    "OTHER",
    "TARGETS",
    "TIERS",
    "Advice",
    "Catalog",
    "Entry",
    "Frame",
    "Offload",
    "Operation",
    "load",
]


@cache
def load(runtime: str = "python") -> Catalog:
    """The catalogue of a runtime.  Its files are read when first asked for: together about 20 ms of CPU.

    Raises FileNotFoundError for a runtime without one.
    """
    return Catalog(runtime)
