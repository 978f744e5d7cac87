"""The agent: started by `sitecustomize`, it observes the process that it finds itself in.

Its oath (`docs/agent.md`): standard library only; never change what the program does; never raise into it;
bounded memory; work out where the time went without relying on the loop it watches; measure its own cost.
"""

from __future__ import annotations

import os
import sys

from . import primitives as p


def start(here):
    """Begin to observe, if a run asked for it; `here` is the folder that was put on PYTHONPATH."""
    if "ASYNCWHY_STREAM" not in os.environ:
        return
    begun = p.thread_cpu()
    before = set(sys.modules)
    from .agent import Agent
    from .imports import shelve

    agent = Agent(here, shelve(before))
    agent.begin(begun)
    sys.modules[__name__].agent = agent
