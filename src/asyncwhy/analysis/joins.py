"""Which waits are for all of several tasks: a gather, a task group, a nursery."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.timeline import Ints
from asyncwhy.model import Site
from asyncwhy.trace.reader import Process

#: Functions of the standard library that wait for all of several tasks, by the end of their qualified names.
JOINS = ("gather", "TaskGroup.__aexit__", "_wait", "wait")
#: What a wait is for, by its recorded kind: asyncio's `gather`, trio's nursery.
GATHERED = ("_GatheringFuture", "Nursery")
#: anyio's task group, which waits by itself on asyncio; before 3.11 functions have no qualified names.
ANYIO_GROUP = ("anyio/_backends/_asyncio.py", ("TaskGroup.__aexit__", "__aexit__"))


def joining(process: Process) -> Ints:
    """The tasks that somewhere waited for several others together."""
    waits = process.table("waits")
    stacks = [
        number
        for number in np.unique(waits["stack"]).tolist()
        if any(_joins(site, process.library) for site in process.stack(number)[:3])
    ]
    gathers = [number for number, text in process.strings.items() if text in GATHERED]
    found = np.isin(waits["stack"], stacks) | np.isin(waits["kind"], gathers)
    return np.unique(waits["task"][found]).astype(np.int64)


def _joins(site: Site, library: str) -> bool:
    """Whether a suspended frame waits for all of several tasks."""
    file, functions = ANYIO_GROUP
    if site.file.endswith(file):
        return site.function in functions
    return site.function.endswith(JOINS) and site.file.startswith(library)
