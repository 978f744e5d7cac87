"""The text of code that lies in no file: a notebook's cells, what is typed at a prompt, what a program compiles.

Who compiles such code and wants it to appear in tracebacks leaves its lines in `linecache.cache`, without a time of
change, as (size, None, lines, name).  Nothing is called there, only looked up: the host cannot read it any more.
"""

from __future__ import annotations

import sys

#: Characters of one text, and of all of them in a process.
LARGEST = 1_000_000
MOST = 8_000_000


class Unsaved:
    """texts() of the files that are new."""

    def __init__(self):
        self.left = MOST

    def texts(self, strings):
        """(file, text) of those among new (number, string) pairs that name such code."""
        cache = getattr(sys.modules.get("linecache"), "cache", None)
        if type(cache) is not dict:
            return []
        made = []
        for _, name in strings:
            lines = _lines(cache.get(name))
            if lines and sum(map(len, lines)) <= min(LARGEST, self.left):
                text = "".join(lines)
                self.left -= len(text)
                made.append((name, text))
        return made


def _lines(entry):
    """The lines of an entry of `linecache` for what is in no file, or None."""
    if type(entry) is not tuple or len(entry) != 4 or entry[1] is not None:
        return None
    lines = entry[2]
    whole = type(lines) in (list, tuple) and all(type(line) is str for line in lines)
    return lines if whole else None
