"""Appends to a file that is open for no longer than that.

Where the program's files may have a certain size only, who writes more gets a signal, which by default ends the process:
so nothing is written that would reach that size (`tests/agent/programs/file_size_limit.py`).
"""

from __future__ import annotations

from . import primitives as p


def append(path, chunks, mode):
    """As many of the chunks as the disk takes, each of them whole; how many those were.

    A part of one is cut off again: whoever reads would take what comes after it for its rest.  Raises `OSError` where
    there is no such file to be had.
    """
    data = b"".join(chunks)
    descriptor = p.open_file(path, p.OPEN_FLAGS, mode)
    try:
        size = p.open_status(descriptor).st_size
        most = p.limit_of(p.FILE_SIZE)[0] if p.limit_of is not None else -1
        if 0 <= most < size + len(data):
            return 0
        taken = _write(descriptor, data)
        if taken == len(data):
            return len(chunks)
        number = length = 0
        while length + len(chunks[number]) <= taken:
            length += len(chunks[number])
            number += 1
        p.cut_file(descriptor, size + length)
        return number
    finally:
        p.close_file(descriptor)


def _write(descriptor, data):
    left = memoryview(data)
    try:
        while left:
            left = left[p.write_file(descriptor, left) :]
    except OSError:
        pass
    return len(data) - len(left)
