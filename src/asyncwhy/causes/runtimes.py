"""What differs in the words of advice from one library of tasks to the other."""

from __future__ import annotations

from asyncwhy.analysis.facts import ProcessFacts


def is_trio(facts: ProcessFacts) -> bool:
    """Whether trio runs all the loops of a process."""
    loops = facts.line.loops
    return bool(loops) and all(run.implementation == "trio" for run in loops)


def in_processes(facts: ProcessFacts) -> str:
    """How work goes to a process there."""
    if is_trio(facts):
        return "anyio.to_process.run_sync, which runs on trio too"
    return "loop.run_in_executor with a ProcessPoolExecutor made once"
