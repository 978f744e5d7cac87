"""Compiled twins, kept from run to run beside the agent's own bytecode, as Python keeps that.

To parse and compile the library's source for every start of every interpreter would take 40 ms; to read the
result back takes one.  An entry is found by all that it was made from: the file as it is now, the function,
the snippets, this Python and `twin.py`.  Where the folder cannot be written nothing is kept.
"""

from __future__ import annotations

import marshal
import sys

from . import primitives as p
from .files import append

#: A file with more entries than this holds those of libraries that are gone: begin anew.
MOST = 400
PATH = "%s/__pycache__/twins.%s-%x.marshal" % (
    __file__.rpartition("/")[0],
    sys.implementation.cache_tag,
    sys.hexversion,
)

MAKER = __file__.rpartition("/")[0] + "/twin.py"

_kept = None
_new = {}


def key_of(function, names, snippets):
    """What a twin is made from; None where that cannot be told."""
    code = function.__code__
    try:
        status, maker = p.status_of(code.co_filename), p.status_of(MAKER)
    except (OSError, ValueError):
        return None
    where = (code.co_filename, code.co_firstlineno, code.co_flags, function.__qualname__)
    return (*where, maker.st_mtime_ns, status.st_mtime_ns, status.st_size, tuple(names), repr(snippets))


def get(key):
    """The code kept under `key`, or None."""
    global _kept
    if _kept is None:
        _kept = _read()
    return _kept.get(key) or _new.get(key)


def put(key, code):
    """Keep `code` from the next `save` on."""
    _new[key] = code


def _read():
    try:
        descriptor = p.open_file(PATH, p.READ_FLAGS)
    except OSError:
        return {}
    try:
        parts = []
        while part := p.read_file(descriptor, 1 << 20):
            parts.append(part)
        made = marshal.loads(b"".join(parts))  # noqa: S302  as Python does with its own
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    finally:
        p.close_file(descriptor)
    return made if p.type_of(made) is dict and len(made) <= MOST else {}


def save():
    """Write what is new; whoever reads meanwhile sees the old file or the new one, whole."""
    if not _new or sys.dont_write_bytecode:
        return
    own = "%s.%d" % (PATH, p.process_id())
    try:
        if append(own, [marshal.dumps({**_read(), **_new})], 0o644):
            p.rename_file(own, PATH)
    except (OSError, ValueError):
        pass
    _new.clear()
