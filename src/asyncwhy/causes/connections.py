"""Awaits that end in one connection or session of a database: whoever has it must take turns with it.

The source says what each function uses; the stack of the wait says through which functions, of whatever file, it
came to a library's.  Whether two objects keep the same connection is not known, and taken for granted: a session that
is handed to several is one request's, and two queries at once break it.
"""

from __future__ import annotations

from asyncwhy.analysis.awaited import Awaited, Call
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.source.interface import Source

#: Libraries whose sessions may be used by many at once.
_SHARABLE = frozenset(("aiohttp", "httpx", "httpcore", "curl_cffi", "requests"))


def kept_connection(source: Source, facts: ProcessFacts, call: Call, one: Awaited) -> str | None:
    """The name of the connection that an await of the call used beneath the function that it is in."""
    stack = facts.stack(one.stack)
    inner = ""
    found = None
    for site in reversed(stack[: len(stack) - 1 - call.depth]):
        if not facts.origins.is_user(site):
            inner = inner or facts.origins.package(site.file) or ""
            continue
        if inner:
            return None  # a library calls the user back
        here = source.connection_at(site.file, site.line)
        if here == "":
            return None
        found = here or found
    used = found is not None and inner and inner not in _SHARABLE
    return found.rpartition(".")[2].lstrip("_") if used and found else None
