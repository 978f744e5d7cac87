"""What is known of tasks that are gone, of which a program may have had a million: it leaves.

asyncio keeps a weak set of all tasks.  Only the C recorder can tell which those are without holding any for a moment: a
task that was let go meanwhile would end on the sampler's thread.  (A million entries of 48 bytes, left where they
stand, kept a gigabyte of the tasks' memory from going back to the system.)
"""

from __future__ import annotations

import sys

from . import primitives as p

#: So many entries may be of tasks that are gone.
MOST = 20_000
#: Looked for so often, and left so long after their last step (ns): who has just begun may not be in the set yet.
PAUSE = 1_000_000_000


class Forgetting:
    """`look()` is called at every flush; `entries` are asyncio's."""

    def __init__(self, entries):
        self.entries = entries
        self.name = "_scheduled_tasks" if sys.version_info >= (3, 12) else "_all_tasks"
        self.looked = 0

    def look(self):
        forget = getattr(self.entries, "forget", None)
        now = p.clock()
        if forget is None or len(self.entries) <= MOST or now - self.looked < PAUSE:
            return
        self.looked = now
        tasks = sys.modules.get("asyncio.tasks")
        alive = getattr(getattr(tasks, self.name, None), "data", None)
        # asyncio of CPython 3.14 keeps no such set.
        if p.type_of(alive) is set and len(self.entries) > 2 * len(alive) + MOST:
            forget(list(alive), now - PAUSE)
