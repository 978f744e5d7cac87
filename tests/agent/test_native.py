"""The C recorder by itself: its tables, its way of running a handle, what it leaves behind."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import struct
import sys
from asyncio import base_events, events
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.recording import scheduling, stepper

OPERATIONS = st.lists(
    st.tuples(st.sampled_from(("put", "get", "pop", "clear")), st.integers(1, 40).map(lambda n: n * 16)),
    max_size=300,
)


@given(operations=OPERATIONS)
def test_entries_do_what_a_dict_does(recorder: ModuleType, operations: list[tuple[str, int]]) -> None:
    ours, theirs = recorder.Entries(), {}
    for number, (what, key) in enumerate(operations):
        if what == "put":
            theirs[key] = ours[key] = recorder.Entry((number, 0))
        elif what == "get":
            assert ours.get(key) is theirs.get(key)
        elif what == "pop":
            assert ours.pop(key, None) is theirs.pop(key, None)
        else:
            ours.clear()
            theirs.clear()
        assert len(ours) == len(theirs)
    assert sorted(entry[0] for entry in ours.values()) == sorted(entry[0] for entry in theirs.values())


def test_an_entry_is_like_a_list(recorder: ModuleType) -> None:
    entry = recorder.Entry((1 << 40, 7))
    assert (entry[0], entry[1], len(entry)) == (1 << 40, 7, 2)
    entry[1] = -1
    entry[2:] = (("kept",),)
    assert (entry[1], entry[2], len(entry)) == (-1, ("kept",), 3)
    with pytest.raises(IndexError):
        entry[3]


def test_rows_are_bounded_and_counted(recorder: ModuleType) -> None:
    rows = recorder.Rows(2000)
    for number in range(3000):
        rows.frombytes(struct.pack("5Q", number, number + 1, 0, number % 7, 9))
    assert len(rows) == 5 * 1024  # the largest power of two of rows
    assert rows.lost() == 3000 - 1024
    assert rows.lost() == 0
    assert rows.recent(2) == [1022 % 7, 1023 % 7]
    assert struct.unpack_from("5Q", rows.take(), 40) == (1, 2, 0, 1, 9)
    assert len(rows) == 0
    with pytest.raises(ValueError, match="5 64-bit"):
        rows.frombytes(b"short")


VARIABLE: contextvars.ContextVar[int] = contextvars.ContextVar("variable")


def test_a_handle_runs_in_its_context_and_is_recorded(recorder: ModuleType, loop: Any) -> None:
    rows = recorder.Rows(2000)
    own = stepper(recorder, rows)
    context = contextvars.copy_context()
    context.run(VARIABLE.set, 5)
    seen: list[Any] = []
    handle = events.Handle(lambda *given: seen.append((given, VARIABLE.get())), (1, 2), loop, context)
    assert own.run(handle) is True
    assert seen == [((1, 2), 5)]
    start, end, ready, ref, _ = struct.unpack("5Q", rows.take())
    assert start <= end
    assert (ready, ref) == (0, 1 << 40)


def test_an_exception_of_the_callback_passes_and_is_recorded(recorder: ModuleType, loop: Any) -> None:
    rows = recorder.Rows(2000)
    with pytest.raises(ZeroDivisionError):
        stepper(recorder, rows).run(events.Handle(lambda: 1 / 0, (), loop))
    assert len(rows) == 5


def test_what_a_signal_handler_raised_in_our_code_passes(recorder: ModuleType, loop: Any) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stepper(recorder, recorder.Rows(2000), other=interrupted).run(events.Handle(print, (), loop))


def test_our_own_lack_of_memory_does_not(recorder: ModuleType, loop: Any) -> None:
    def lacking(*_: Any) -> Any:
        raise MemoryError

    seen: list[int] = []
    own = stepper(recorder, recorder.Rows(2000), other=lacking)
    assert own.run(events.Handle(seen.append, (1,), loop)) is True
    assert seen == [1]


def test_a_handle_with_something_else_in_it_is_left_to_asyncio(recorder: ModuleType, loop: Any) -> None:
    own = stepper(recorder, recorder.Rows(2000))
    strange = events.Handle(print, (), loop)
    strange._context = 5  # type: ignore[attr-defined]
    assert own.run(strange) is False
    assert own.run(object()) is False


def test_a_scheduled_handle_is_asyncios(recorder: ModuleType, loop: Any) -> None:
    own = stepper(recorder, recorder.Rows(2000))
    made = own.schedule(*scheduling(loop, print, "x"))
    theirs = base_events.BaseEventLoop.call_soon(loop, print, "x")
    for name in ("_callback", "_args", "_loop", "_cancelled", "_source_traceback"):
        assert getattr(made, name) == getattr(theirs, name)
    assert dict(made._context) == dict(theirs._context)  # type: ignore[attr-defined]
    assert type(made._repr) is int
    assert list(loop._ready) == [made, theirs]
    loop._ready.clear()


@pytest.mark.parametrize("what", ["debug", "closed", "another Handle", "another __init__", "unsuitable"])
def test_scheduling_that_is_not_plain_is_left_to_asyncio(
    recorder: ModuleType, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.new_event_loop()
    own = stepper(recorder, recorder.Rows(2000), suits=lambda _: what != "unsuitable")
    if what == "debug":
        loop.set_debug(True)
    elif what == "closed":
        loop.close()
    elif what == "another Handle":
        monkeypatch.setattr(events, "Handle", type("Handle", (events.Handle,), {}))
    elif what == "another __init__":
        monkeypatch.setattr(events.Handle, "__init__", lambda *_: None)
    assert own.schedule(*scheduling(loop, print)) is None
    loop.close()


def test_a_step_stands_for_its_callback(recorder: ModuleType) -> None:
    rows = recorder.Rows(2000)
    own = stepper(recorder, rows)

    def callback(one: int, two: int = 0) -> int:
        return one + two

    entry = recorder.Entry((1 << 40, 0))
    step = recorder.Step(own, callback, 0, 0, lambda *_: None, lambda *_: entry)
    assert step(1, two=2) == 3
    assert len(rows) == 5
    assert step.__wrapped__ is callback
    assert step.__name__ == "callback"
    assert repr(step) == repr(callback)
    with pytest.raises(AttributeError):
        step.nothing  # noqa: B018


def test_nothing_leaks(recorder: ModuleType) -> None:
    rows = recorder.Rows(1 << 20)
    own = stepper(recorder, rows)
    loop = asyncio.new_event_loop()

    async def work() -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    def run() -> None:
        task = loop.create_task(work())
        while not task.done():
            for handle in [loop._ready.popleft() for _ in range(len(loop._ready))]:  # type: ignore[attr-defined]
                own.run(handle)
            own.schedule(*scheduling(loop, int))
        loop._ready.clear()  # type: ignore[attr-defined]
        rows.take()

    for _ in range(20):
        run()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(200):
        run()
    gc.collect()
    loop.close()
    # 20,000 steps and handles: one block each would be that many.
    assert sys.getallocatedblocks() - before < 1000
