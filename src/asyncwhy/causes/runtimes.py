"""What differs in the words of advice from one library of tasks, or runtime, to the other."""

from __future__ import annotations

from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.trace import schema


def is_trio(facts: ProcessFacts) -> bool:
    """Whether trio runs all the loops of a process."""
    loops = facts.line.loops
    return bool(loops) and all(run.implementation == "trio" for run in loops)


def in_processes(facts: ProcessFacts) -> str:
    """How work goes to a process there."""
    if is_trio(facts):
        return "anyio.to_process.run_sync, which runs on trio too"
    return "loop.run_in_executor with a ProcessPoolExecutor made once"


def is_node(facts: ProcessFacts) -> bool:
    """Whether a process is one of Node.js."""
    return facts.process.meta.get("runtime") == "node"


def threads_reason(facts: Facts) -> tuple[str, ...]:
    """Why nothing of JavaScript runs on another thread, by what the run used: people suspect timers of it."""
    own = [process for process in facts.processes if is_node(process)]
    if not own:
        return ()
    if any(process.jobs for process in own):
        return ("JavaScript runs on one thread; what was sent to libuv's pool runs in built-in code there.",)
    if any(((process.line.ref & schema.TIMER) > 0).any() for process in own):
        return (
            "One thread: no thread is created by setTimeout, the event loop itself calls back when it is due.",
        )
    return ()
