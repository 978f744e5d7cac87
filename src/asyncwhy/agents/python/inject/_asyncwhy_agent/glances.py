"""Where a task stands that runs very often: its waits are too short to be captured as they end."""

from __future__ import annotations

from .recorder import CALLBACK

#: So many of the last steps are looked at, and so many of them must be of one task.
GLANCED = 200
OFTEN = 20


class Glances:
    """`tables` are the entries of asyncio's tasks and of trio's; the sampler calls `glance` now and then."""

    def __init__(self, recorder, *tables):
        self.tables = tables
        self.recent = recorder.recent
        self.busiest = (0, None)  # number and entry of the task that was last asked

    def begin_anew(self):
        """In a forked child: the parent's tasks mean nothing here."""
        self.busiest = (0, None)

    def glance(self):
        """Have the task that runs most often say where it stands.

        An end of its last step that lies before all time makes the next step take its wait for a long one
        (`waits.only_glanced`); nothing is asked of the hot path.
        """
        counts = {}
        for ref in self.recent(GLANCED):
            counts[ref] = counts.get(ref, 0) + 1
        often = [(count, ref) for ref, count in counts.items() if count >= OFTEN and ref < CALLBACK]
        if not often:
            return
        number = max(often)[1]
        if self.busiest[0] != number:
            found = [entry for table in self.tables for entry in list(table.values()) if entry[0] == number]
            self.busiest = (number, found[0] if found else None)
        entry = self.busiest[1]
        if entry is not None:
            entry[1] = -abs(entry[1])
