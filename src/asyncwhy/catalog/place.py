"""Where a source file belongs: its path below the standard library, or below an installed library.

Frames are matched by that path, so that a user's own `queue.py` is never taken for the standard library's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_INSTALLED = re.compile(r".*/(?:site|dist)-packages/")
_STANDARD = re.compile(r".*?/(?:python3(?:\.?\d+)?t?(?:\.zip)?|pypy3\.\d+|Python3\d+/Lib|Lib)/")
_FROZEN = re.compile(r"<frozen (?P<module>[\w.]+)>$")
_MODULE = re.compile(r"\w+(?:\.\w+)*$")


class Place(NamedTuple):
    """`path` below the root of its library; `standard` is True for the standard library, None if unknown."""

    path: str
    standard: bool | None


@lru_cache(maxsize=4096)
def place(module_or_file: str) -> Place:
    """The place of a file (as code objects name it), of a frozen module, or of a dotted module name."""
    name = module_or_file.replace("\\", "/")
    frozen = _FROZEN.match(name)
    if frozen:
        return Place(frozen["module"].replace(".", "/") + ".py", True)
    if "/" not in name and not name.endswith(".py"):
        return Place(name.replace(".", "/") + ".py", None) if _MODULE.match(name) else Place(name, False)
    installed = _INSTALLED.match(name)
    if installed:
        return Place(name[installed.end() :], False)
    standard = _STANDARD.match(name)
    if standard:
        return Place(name[standard.end() :], True)
    return Place(name, False)
