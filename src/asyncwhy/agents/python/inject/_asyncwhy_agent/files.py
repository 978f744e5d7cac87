"""Appends to a file that is open for no longer than that.

Where the program's files may have a certain size only, who writes more gets a signal, which by default ends the process:
so nothing is written that would reach that size (`tests/agent/programs/file_size_limit.py`).
"""

from __future__ import annotations

import errno

from . import primitives as p


def append(path, data, mode):
    """All of it; raises `OSError` where that cannot be, and then a part of it may have been written."""
    data = memoryview(data)
    descriptor = p.open_file(path, p.OPEN_FLAGS, mode)
    try:
        most = p.limit_of(p.FILE_SIZE)[0] if p.limit_of is not None else -1
        if 0 <= most < p.open_status(descriptor).st_size + len(data):
            raise OSError(errno.EFBIG, "File too large")
        while data:
            data = data[p.write_file(descriptor, data) :]
    finally:
        p.close_file(descriptor)
