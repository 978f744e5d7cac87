"""Tasks that stood suspended in a function in which their own loop was blocked meanwhile: what one of them has
entered there (a `with`) and not left, the other waits for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Piece
from asyncwhy.model import Site


@dataclass(frozen=True, slots=True)
class Suspended:
    """A task stood at `site`, of a function that the blocked stack was at `entered` in; what it awaited took
    `awaited_s`, and was done `left_s` after the loop was blocked."""

    task: int
    entered: Site
    site: Site
    awaited_s: float
    left_s: float


def suspended_beside(facts: ProcessFacts, piece: Piece) -> list[Suspended]:
    """The tasks of the piece's loop that were suspended in one of the functions in which it was blocked."""
    rows = facts.process.table("waits")
    start = facts.line.seconds(rows["start"])
    there = (start < piece.start) & (start + rows["wait_s"] > piece.start) & (rows["task"] != piece.ref)
    functions = {(site.file, site.function): site for site in reversed(facts.stack(piece.stack))}
    made: list[Suspended] = []
    for row in np.flatnonzero(there).tolist():
        task = facts.line.tasks.get(int(rows["task"][row]))
        if task is None or task.thread != piece.thread:
            continue
        done = _done(facts, task.number, piece.start)
        for site in facts.stack(int(rows["stack"][row])):
            entered = functions.get((site.file, site.function))
            if entered is not None and facts.origins.is_user(site):
                takes, left = done - float(start[row]), max(done - piece.start, 0.0)
                made.append(Suspended(task.number, entered, site, takes, left))
    return made


def _done(facts: ProcessFacts, task: int, time: float) -> float:
    """When what a task awaited at that time was done, whether or not its loop could take it up."""
    nodes = facts.nodes
    after = np.flatnonzero((nodes.ref == task) & (nodes.start >= time))[:1]
    if not len(after):
        return facts.line.ended
    node = int(after[0])
    delay, previous = float(nodes.delay[node]), int(nodes.previous[node])
    return (
        float(nodes.release[node]) if np.isnan(delay) or previous < 0 else float(nodes.end[previous]) + delay
    )
