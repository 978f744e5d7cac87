"""Which waits are for all of several tasks: a gather, a task group, a nursery."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.lookup import Latest
from asyncwhy.analysis.timeline import Bools, Floats, Ints, Timeline
from asyncwhy.model import Site
from asyncwhy.trace.reader import Process, Rows

#: Functions of the standard library that wait for all of several tasks, by the end of their qualified names.
JOINS = ("gather", "TaskGroup.__aexit__", "_wait", "wait")
#: What a wait is for, by its recorded kind: asyncio's `gather`, trio's nursery.
GATHERED = ("_GatheringFuture", "Nursery")
#: anyio's task group, which waits by itself on asyncio; before 3.11 functions have no qualified names.
ANYIO_GROUP = ("anyio/_backends/_asyncio.py", ("TaskGroup.__aexit__", "__aexit__"))

#: A wait's row and the end of the step before it (1 ms) are of the same wait.
NEAR_S = 0.001


def joining(process: Process) -> Ints:
    """The tasks that somewhere waited for several others together."""
    waits = process.table("waits")
    return np.unique(waits["task"][_together(process, waits)]).astype(np.int64)


def _together(process: Process, waits: Rows) -> Bools:
    """Which waits are for several tasks together."""
    stacks = [
        number
        for number in np.unique(waits["stack"]).tolist()
        if any(_joins(site, process.library) for site in process.stack(number)[:3])
    ]
    gathers = [number for number, text in process.strings.items() if text in GATHERED]
    found: Bools = np.isin(waits["stack"], stacks) | np.isin(waits["kind"], gathers)
    return found


def joined(line: Timeline, tasks: Ints, since: Floats, last: Ints, children: Ints, of: Ints) -> Bools:
    """Which of the `children` a wait was for.  Waits are those of `tasks` that began at `since`, each ended by the task
    `last`; `of` says whose each child is.

    A wait for several is for those that the function which waits had made, or whom it called (for all, if it made
    none that is known).  Short waits are not recorded: such a one was for what the function that made `last` made.
    """
    rows = np.sort(line.process.table("waits"), order="start")
    starts: Floats = line.seconds(rows["start"])
    at = Latest(rows["task"].astype(np.int64), starts).before(tasks, since + NEAR_S)
    parents = line.tasks.of(line.tasks.parent, last, 0).astype(np.int64)
    stacks = line.tasks.of(line.tasks.stack, last, 0).astype(np.int64)
    makers, waits = stacks.copy(), parents == tasks
    near = np.flatnonzero(at >= 0)
    near = near[np.abs(starts[at[near]] - since[near]) < NEAR_S]
    stacks[near] = rows["stack"][at[near]]
    waits[near] = _together(line.process, rows)[at[near]]
    made = line.tasks.of(line.tasks.stack, children, 0).astype(np.int64)
    ours = _made_by(line.process, stacks[of], made)
    some = (
        np.bincount(of, ours, len(tasks)) + ((parents == tasks) & _made_by(line.process, stacks, makers)) > 0
    )
    found: Bools = waits[of] & (ours | ~some[of])
    return found


def _made_by(process: Process, waiting: Ints, making: Ints) -> Bools:
    pairs, which = np.unique(np.column_stack((waiting, making)), axis=0, return_inverse=True)
    known = np.array([_made(process, *pair) for pair in pairs.tolist()], bool)
    found: Bools = known[which.ravel()]
    return found


def _made(process: Process, waiting: int, making: int) -> bool:
    """Whether the function that waits, or made others, at the stack `waiting` stands on the stack `making`."""
    standard = f"{process.library}/"
    own = (site for site in process.stack(waiting) if not site.file.endswith(ANYIO_GROUP[0]))
    joiner = next(
        (site for site in own if not site.file.startswith(standard) or "-packages" in site.file), None
    )
    return joiner is not None and any(
        (site.file, site.function) == (joiner.file, joiner.function) for site in process.stack(making)
    )


def _joins(site: Site, library: str) -> bool:
    """Whether a suspended frame waits for all of several tasks."""
    file, functions = ANYIO_GROUP
    if site.file.endswith(file):
        return site.function in functions
    return site.function.endswith(JOINS) and site.file.startswith(library)
