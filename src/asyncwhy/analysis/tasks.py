"""The tasks of a process as columns: a run may have millions, and few of them are ever looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from asyncwhy.trace import schema
from asyncwhy.trace.reader import Place, Process

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]


class Task(NamedTuple):
    """One task: `stack` is where it was made, `code` where its coroutine is defined."""

    number: int
    name: str
    parent: int
    created: float
    stack: int
    code: Place | None
    eager: bool
    thread: int


class Tasks(Mapping[int, Task]):
    """The tasks by number, in the order of the record; a `Task` is made when it is asked for.

    The columns have one row for each; `code` is the number of the place of its coroutine, -1 if it has none.
    """

    def __init__(self, process: Process, origin_ns: int) -> None:
        self.process = process
        rows = process.table("tasks")
        ordered = np.argsort(rows["task"], kind="stable")
        number = rows["task"][ordered]
        last = np.ones(len(rows), bool)
        last[:-1] = number[1:] != number[:-1]
        if not last.all():  # of a number that was given again, the later task
            rows = rows[np.sort(ordered[last])]
        self._rows = rows
        self.number: Ints = rows["task"].astype(np.int64)
        self.parent: Ints = rows["parent"].astype(np.int64)
        self.created: Floats = (rows["created"].astype(np.int64) - origin_ns) / 1e9
        self.thread: Ints = rows["thread"].astype(np.int64)
        code = rows["code"].astype(np.int64)
        self.code: Ints = np.where(np.isin(code, list(process.places)), code, -1)
        self._order = np.argsort(self.number, kind="stable")
        self._ordered = self.number[self._order]

    def rows(self, numbers: Ints) -> Ints:
        """The row of each task, -1 for what is none."""
        if not len(self.number):
            return np.full(len(numbers), -1)
        at = np.minimum(np.searchsorted(self._ordered, numbers), len(self._ordered) - 1)
        return np.where(self._ordered[at] == numbers, self._order[at], -1)

    def of(self, column: Any, numbers: Ints, missing: float) -> Any:
        """A column's value for each task, `missing` for what is none."""
        rows = self.rows(numbers)
        return (
            np.where(rows >= 0, column[np.maximum(rows, 0)], missing) if len(column) else rows * 0 + missing
        )

    def __getitem__(self, number: int) -> Task:
        row = self._row[number]
        _, task, parent, stack, _, name, thread, flags = self._rows[row].tolist()
        if name & schema.NUMBERED:
            text = f"Task-{name ^ schema.NUMBERED}"
        else:
            text = self.process.strings.get(name, f"task {task}")
        place = self.process.places.get(int(self.code[row]))
        eager = flags & schema.EAGER > 0
        return Task(task, text, parent, float(self.created[row]), stack, place, eager, thread)

    def __contains__(self, number: object) -> bool:
        return number in self._row

    def __iter__(self) -> Iterator[int]:
        return iter(self._row)

    def __len__(self) -> int:
        return len(self.number)

    @cached_property
    def stack(self) -> Ints:
        """Where each was made."""
        made: Ints = self._rows["stack"].astype(np.int64)
        return made

    @cached_property
    def _row(self) -> dict[int, int]:
        return dict(zip(self.number.tolist(), range(len(self.number)), strict=True))
