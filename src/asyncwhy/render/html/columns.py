"""Columns of whole numbers as few bytes: differences, zigzag, seven bits to a byte.

What `web/src/columns.ts` reads.  A column is told in the header as [offset, length in numbers].
"""

from __future__ import annotations

from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]


def packed(values: Ints) -> bytes:
    """Signed whole numbers, each in as many bytes as it needs."""
    numbers = values.astype(np.int64)
    folded = ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
    sizes = np.ones(len(folded), np.int64)
    for bits in range(7, 64, 7):
        sizes += folded >= (np.uint64(1) << np.uint64(bits))
    ends = np.cumsum(sizes)
    made = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    for part in range(int(sizes.max(initial=0))):
        mine = sizes > part
        piece = (folded[mine] >> np.uint64(7 * part)) & np.uint64(0x7F)
        more = np.where(sizes[mine] > part + 1, np.uint64(0x80), np.uint64(0))
        made[(ends - sizes)[mine] + part] = (piece | more).astype(np.uint8)
    return made.tobytes()


class Columns:
    """Gathers columns into one run of bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, values: Ints) -> list[int]:
        """Take a column; where it stands."""
        part = packed(np.asarray(values))
        self._parts.append(part)
        self._size += len(part)
        return [self._size - len(part), len(values)]

    def steps(self, values: Ints) -> list[int]:
        """Take a column whose neighbours are alike: their differences are kept."""
        numbers = values.astype(np.int64)
        return self.add(numbers - np.append(0, numbers[:-1]) if len(numbers) else numbers)

    def bytes(self) -> bytes:
        """All of it."""
        return b"".join(self._parts)
