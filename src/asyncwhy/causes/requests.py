"""Which tasks answer requests: those that a connection made when it came or brought data."""

from __future__ import annotations

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.tasks import Task
from asyncwhy.analysis.traffic import PAIRED, READ
from asyncwhy.causes.runtimes import is_node

#: What asyncio calls when a connection is made or brings something: the methods of its protocols.
FROM_OUTSIDE = frozenset(
    (
        "connection_made",
        "data_received",
        "buffer_updated",
        "datagram_received",
        "eof_received",
        "_handle_events",  # tornado's streams
        "_handle_connection",
    )
)


def by_connection(facts: ProcessFacts, task: Task) -> bool:
    """Whether a connection made a task, not a timer, another callback or asyncio, which only accepts."""
    if is_node(facts):
        return True
    if task.code is None or facts.origins.of(task.code.site.file) is Origin.STANDARD:
        return False
    return _from_outside(facts, task.stack)


def _from_outside(facts: ProcessFacts, stack: int) -> bool:
    return any(site.function.rpartition(".")[2] in FROM_OUTSIDE for site in facts.stack(stack))


def hidden(facts: ProcessFacts) -> frozenset[int]:
    """The threads of loops that answer requests of which no read was seen (compiled loops, tornado's streams).

    How long a request waited there for its turn is not known, nor which step a client in the same process waits for.
    """
    tasks, traffic = facts.line.tasks, facts.process.table("traffic")
    stacks = [stack for stack in np.unique(tasks.stack).tolist() if _from_outside(facts, stack)]
    asked = set(tasks.thread[np.isin(tasks.stack, stacks)].tolist())
    return frozenset(asked - set(traffic["thread"][traffic["what"] == READ].tolist()))


def asked_from_elsewhere(facts: ProcessFacts) -> bool:
    """Whether a task serves a peer whose own waits the replay does not know: on a hidden loop, of another process of
    this host, or of a thread that waits without a loop."""
    traffic = facts.process.table("traffic")
    paired = traffic[traffic["what"] == PAIRED]
    read = traffic["transport"][traffic["what"] == READ]
    return bool(hidden(facts)) or not bool(np.isin(read, [*paired["transport"], *paired["other"]]).all())
