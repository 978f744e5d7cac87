"""Threads that wait for another thread: where, from when to when, and for which coroutines on a loop."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from asyncwhy.analysis.holds import Samples
from asyncwhy.analysis.timeline import Timeline
from asyncwhy.model import Site

#: Waits that fewer than two samples saw (5 ms apart) are not looked at.
SHORTEST_S = 0.008
#: A thread that used less CPU than this between two samples with one stack was in one wait (waking up in a
#: timed wait and going on costs some 10 µs).
STILL_S = 0.0002
#: Files of the standard library whose innermost frames wait for another thread.
WAITING = ("/threading.py", "/queue.py", "/concurrent/futures/_base.py", "/concurrent/futures/thread.py")
#: trio's threads wait for what they handed to its loop in C, below this function.
WAITING_IN_TRIO = ("/trio/_threads.py", "_send_message_to_trio")
#: What hands a coroutine to a loop from any thread.
HANDED = "run_coroutine_threadsafe"
#: The function that such a coroutine's task is made in, on the loop; up to 3.10 code has no qualified name.
MAKER = ("/asyncio/tasks.py", ("run_coroutine_threadsafe.<locals>.callback", "callback"))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A thread waits for another one, all the time from `start` to `end`."""

    thread: int
    start: float
    end: float
    stack: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A coroutine that a thread handed to a loop; `task` is what it became there, 0 if it never began."""

    time: float
    thread: int
    loop: int
    stack: int
    task: int


def waits_for_thread(stack: tuple[Site, ...], library: str) -> bool:
    """Whether the innermost frame of a stack is one of those that wait for another thread."""
    if not stack:
        return False
    file, function = WAITING_IN_TRIO
    if stack[0].file.endswith(file):
        return stack[0].function.endswith(function)
    return stack[0].file.startswith(library) and stack[0].file.endswith(WAITING)


def starts_thread(stack: tuple[Site, ...], library: str) -> bool:
    """Whether a stack waits until a thread that it has started runs: that takes as long as the machine, or
    the GIL, lets it wait, and is no call that blocks."""
    return any(
        site.function == "Thread.start" or (site.function == "start" and site.file.endswith("/threading.py"))
        for site in stack[:4]
        if site.file.startswith(library)
    )


def stuck_threads(line: Timeline, samples: dict[int, Samples]) -> dict[int, list[Stuck]]:
    """The long waits of every thread for another one, in order of time."""
    process = line.process
    waiting: dict[int, bool] = {}
    made: dict[int, list[Stuck]] = {}
    for thread, own in samples.items():
        found: list[Stuck] = []
        for index in range(len(own.first)):
            stack = int(own.stack[index])
            known = waiting.get(stack)
            if known is None:
                known = waiting[stack] = waits_for_thread(process.stack(stack), process.library)
            if not known:
                continue
            start, end = float(own.first[index]), float(own.last[index])
            if found and found[-1].stack == stack and _one_wait(own, index):
                start = found.pop().start
            found.append(Stuck(thread, start, end, stack))
        made[thread] = [one for one in found if one.end - one.start >= SHORTEST_S]
    return made


def _one_wait(own: Samples, index: int) -> bool:
    same = own.stack[index - 1] == own.stack[index]
    return bool(same and own.cpu_first[index] - own.cpu_last[index - 1] < STILL_S)


def handed_over(line: Timeline) -> list[Handed]:
    """Every `run_coroutine_threadsafe`, with its task: a loop takes what is handed to it in order."""
    process = line.process
    calls: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    known: dict[int, bool] = {}
    for time, stack, thread, loop in _wakeups(line):
        if stack not in known:
            known[stack] = any(site.function == HANDED for site in process.stack(stack)[:4])
        if known[stack]:
            calls[loop].append((time, thread, stack))
    if not calls:
        return []
    tasks: dict[int, list[int]] = defaultdict(list)
    on = {run.thread: run.loop for run in line.loops}
    for task in sorted(line.tasks.values(), key=lambda task: task.created):
        if any(makes_handed(site) for site in process.stack(task.stack)):
            tasks[on.get(task.thread, 0)].append(task.number)
    made: list[Handed] = []
    for loop, own in calls.items():
        own.sort()
        numbers = tasks.get(loop, [])
        for index, (time, thread, stack) in enumerate(own):
            made.append(Handed(time, thread, loop, stack, numbers[index] if index < len(numbers) else 0))
    return sorted(made, key=lambda one: one.time)


def makes_handed(site: Site) -> bool:
    """Whether this is where a loop makes a task of a coroutine that a thread handed to it."""
    file, functions = MAKER
    return site.function in functions and site.file.endswith(file)


def _wakeups(line: Timeline) -> list[tuple[float, int, int, int]]:
    rows = line.process.table("wakeups")
    times = line.seconds(rows["time"]).tolist()
    return list(
        zip(times, rows["stack"].tolist(), rows["thread"].tolist(), rows["loop"].tolist(), strict=True)
    )


def at(waits: list[Stuck], time: float) -> Stuck | None:
    """The wait that covers a moment; one sample's distance of tolerance at both ends."""
    index = bisect_right([one.start for one in waits], time + SHORTEST_S) - 1
    if index >= 0 and waits[index].end >= time - SHORTEST_S:
        return waits[index]
    return None


def descendants(line: Timeline, task: int) -> set[int]:
    """A task and all those that it and its own made."""
    children: dict[int, list[int]] = defaultdict(list)
    for one in line.tasks.values():
        children[one.parent].append(one.number)
    made, todo = set(), [task]
    while todo:
        one_of = todo.pop()
        if one_of and one_of not in made:
            made.add(one_of)
            todo.extend(children.get(one_of, ()))
    return made


def stopped_at(line: Timeline, endless: bool) -> float:
    """When a run was over: what was stopped from outside may wait for its threads long after that."""
    ends = [loop.end for loop in line.loops if loop.end is not None]
    return max(ends) if endless and ends else line.ended
