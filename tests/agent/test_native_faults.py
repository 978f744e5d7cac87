"""The C recorder where things go wrong: threads that end, forks, finalizers, no memory at any place."""

from __future__ import annotations

import os
import threading
import weakref
from asyncio import events
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from tests.agent.recording import given, scheduling, stepper


def test_a_thread_that_ended_leaves_its_place(recorder: ModuleType, loop: Any) -> None:
    own = stepper(recorder, recorder.Rows(2000))

    def runs() -> None:
        own.run(events.Handle(int, (), loop))

    def in_a_thread() -> None:
        thread = threading.Thread(target=runs)
        thread.start()
        thread.join()

    runs()
    in_a_thread()
    before = recorder.places()
    for _ in range(300):
        in_a_thread()
        runs()
    # A thread is joined a little before the system has ended it.
    assert recorder.places() - before < 10


def test_a_finalizer_may_use_the_table_that_drops_it(recorder: ModuleType) -> None:
    entries = recorder.Entries()

    class Uses:
        def __del__(self) -> None:
            entries[16 * len(made) + 8] = recorder.Entry((1, 0))
            made.append(len(entries))

    made: list[int] = []
    for number in range(1, 200):
        entry = entries[16 * number] = recorder.Entry((number, 0))
        entry[2:] = (Uses(),)
    del entry
    entries.clear()
    assert len(made) == 199
    assert len(entries) == len(entries.values())


def test_what_is_known_of_objects_that_are_gone_leaves(recorder: ModuleType) -> None:
    class Thing:
        pass

    entries = recorder.Entries()
    things = [Thing() for _ in range(5000)]
    references = {weakref.ref(thing) for thing in things}
    for thing in things:
        entries[id(thing)] = recorder.Entry((id(thing), 5))
    late = recorder.Entry((1, 50))
    entries[8] = late
    kept = things[::7]
    gone = [id(thing) for thing in things if thing not in kept]
    things.clear()
    del thing
    assert entries.forget(list(references), 5) == 0
    assert entries.forget([*references, "other"], 6) == len(gone)
    assert len(entries) == len(kept) + 1
    assert all(entries.get(id(thing))[0] == id(thing) for thing in kept)
    assert entries.get(gone[0]) is None
    assert entries.get(8) is late


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_in_a_forked_child_nobody_waits(recorder: ModuleType) -> None:
    watch = recorder.Watch()
    waits = threading.Thread(target=watch.wait, args=(10**6, 4 * 10**8, 10**9))
    waits.start()
    child = os.fork()
    if child == 0:
        watch.begin_anew()
        watch.wake()
        watch.wait(10**6, 10**9, 10**9)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    watch.wake()
    waits.join()


def failing_at(number: int, action: Callable[[], Any]) -> Any:
    """What an action gives or raises if the allocation of that number, counted from its beginning, fails."""
    testing = pytest.importorskip("_testcapi", reason="this CPython was built without _testcapi")
    testing.set_nomemory(number, number + 1)
    try:
        return action()
    except MemoryError as error:
        return error
    finally:
        testing.remove_mem_hooks()


def test_no_memory_at_any_place(recorder: ModuleType, loop: Any) -> None:
    seen: list[int] = []
    rows = recorder.Rows(2000)
    own = stepper(recorder, rows)
    entry = recorder.Entry((1 << 40, 0))
    entries = recorder.Entries()

    async def work() -> None:
        seen.append(1)

    task = loop.create_task(work())
    own.run(loop._ready.popleft())
    assert task.done()
    seen.clear()
    handle = events.Handle(seen.append, (1,), loop)
    step = recorder.Step(own, seen.append, 0, 0, lambda *_: None, lambda *_: entry)
    watch = recorder.Watch()
    actions: dict[str, Callable[[], Any]] = {
        "run": lambda: own.run(handle),
        "step": lambda: step(1),
        "schedule": lambda: own.schedule(*scheduling(loop, int)),
        "put": lambda: [entries.__setitem__(16 * key, entry) for key in range(1, 200)],
        "values": lambda: len(entries.values()),
        "rows": lambda: [rows.frombytes(bytes(40)) for _ in range(300)],
        "recent": lambda: len(rows.recent(500)),
        "take": lambda: len(rows.take()),
        "captured": recorder.captured,
        "frames": getattr(recorder, "frames", dict),
        "wait": lambda: watch.wait(1000, 1000, 10**9),
        "new": lambda: (recorder.Rows(9), recorder.Entries(), recorder.Entry((1, 2)), recorder.Watch()),
        # No function of Python's around it: CPython 3.11 asserts where there is no memory for a cell of one.
        "stepper": partial(recorder.Stepper, **given(recorder, rows)),
    }
    for name, action in actions.items():
        before = len(seen)
        tries = 200 if name == "stepper" else 40
        for number in range(tries):
            # CPython's own look-up of a name says "not there" where it has no memory for the name.
            with suppress(*([TypeError] if name == "stepper" else [])):
                failing_at(number, action)
        if name in ("run", "step"):
            # Whatever of ours failed, the callback was called; where not even its call had memory, it says so.
            assert len(seen) - before >= tries - 3
    loop._ready.clear()
    assert all(isinstance(one[0], int) for one in entries.values())


def test_no_memory_for_more_rows(recorder: ModuleType) -> None:
    rows = recorder.Rows(1 << 16)
    for _ in range(1024):
        rows.frombytes(bytes(40))
    failing_at(0, lambda: [rows.frombytes(row) for row in (bytes(40),) * 3])
    assert len(rows) // 5 + rows.lost() >= 1024
    rows.take()
    rows.frombytes(bytes(40))
    assert len(rows) == 5
