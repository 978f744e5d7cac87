"""The agent: started by `sitecustomize`, it observes the process that it finds itself in.

Its oath (`docs/agent.md`): standard library only; never change what the program does; never raise into it;
bounded memory; work out where the time went without relying on the loop it watches; measure its own cost.
"""

from __future__ import annotations

import os
import sys

_before = set(sys.modules)

from . import interpreters  # noqa: E402
from . import primitives as p  # noqa: E402


def start(here):
    """Begin to observe, if a run asked for it; `here` is the folder that was put on PYTHONPATH."""
    if "ASYNCWHY_STREAM" not in os.environ:
        return
    if not interpreters.is_main():
        for name in (set(sys.modules) - _before) | {__name__}:
            del sys.modules[name]
        return
    begun = p.thread_cpu()
    from .agent import Agent
    from .imports import shelve

    agent = Agent(here, shelve(_before))
    agent.begin(begun)
    sys.modules[__name__].agent = agent
