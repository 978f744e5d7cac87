"""Names that say by themselves that a call does not block."""

from __future__ import annotations

#: Names that nobody gives to what blocks: asking for their values would take a third of the time.
PLAIN_METHODS = frozenset(
    "append items keys values strip lstrip rstrip split rsplit splitlines format startswith endswith lower upper title"
    " debug info warning extend discard setdefault isoformat encode decode insert count partition rpartition"
    " isdigit popleft appendleft total_seconds group groups".split()
)
PLAIN_FUNCTIONS = frozenset(
    "isinstance issubclass hasattr getattr setattr len str int float bool bytes repr type super id hash abs round range"
    " print ValueError TypeError RuntimeError KeyError AttributeError NotImplementedError callable vars zip".split()
)
