"""Durations in the words of messages."""

from __future__ import annotations

from collections.abc import Sequence


def seconds(value: float) -> str:
    """0.2 ms, 48 ms, 0.31 s, 6.01 s."""
    if value < 0.0995:
        milliseconds = value * 1e3
        return f"{milliseconds:.1f} ms" if milliseconds < 9.95 else f"{milliseconds:.0f} ms"
    return f"{value:.2f} s"


def several(lengths: Sequence[float]) -> str:
    """The lengths of a few things, or how many there were and how long each."""
    if len(lengths) <= 4:
        return ", ".join(seconds(length) for length in lengths)
    mean = sum(lengths) / len(lengths)
    return f"{len(lengths)} times, {seconds(mean)} each"


def times(count: int) -> str:
    """Once, or how many times."""
    return "once" if count == 1 else f"{count} times"


def queue(tasks: int) -> str:
    """`a task queues` or `3 tasks queue`."""
    return queues(tasks, "task")


def queues(count: int, what: str) -> str:
    """`a job queues` or `3 jobs queue`."""
    return f"a {what} queues" if count == 1 else f"{count} {what}s queue"


def jobs(count: int) -> str:
    """`1 job` or `4 jobs`."""
    return "1 job" if count == 1 else f"{count} jobs"


def workers(count: int) -> str:
    """`1 worker` or `4 workers`."""
    return "1 worker" if count == 1 else f"{count} workers"
