"""The warning about forking a process with several threads, where the other thread is only ours.

From 3.12 on CPython warns after a fork if the process has more than one thread.  The agent ends its own
before every fork; but 3.13.0 counts after the hooks that start it again.  So the warning, if it is due to
nobody else, is kept back until that thread has run: by a filter put in without `_filters_mutated`, which
would make warnings that were told once be told again (`tests/agent/programs/warnings_fork.py`).
"""

from __future__ import annotations

import sys

FORK_COUNTS_LATE = sys.version_info[:2] == (3, 13)


class Unfounded:
    """A filter of `warnings` that keeps one kind of message back until it is withdrawn."""

    def __init__(self):
        self.due = True
        self.filters = sys.modules["warnings"].filters if "warnings" in sys.modules else []
        self.rule = ("ignore", self, DeprecationWarning, None, 0)
        self.filters.insert(0, self.rule)

    def match(self, message):
        """As of a compiled regular expression, which is what `warnings` expects here."""
        return self.due and "multi-threaded, use of fork" in str(message)

    def withdraw(self):
        self.due = False
        if self.rule in self.filters:
            self.filters.remove(self.rule)
