"""What the C recorder writes of a wait is what `waits.py` would have written."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import struct
import sys
import types
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from types import ModuleType
from typing import Any

import pytest
from _asyncwhy_agent.interning import Interner
from _asyncwhy_agent.waits import stack_and_kept

from tests.agent.recording import given

if not getattr(sys, "_is_gil_enabled", lambda: True)():
    pytest.skip("without a GIL all waits are Python's to look at", allow_module_level=True)


class Observed:
    """One task, whose handles the C recorder runs; `told` are the waits that it left to Python."""

    def __init__(self, recorder: ModuleType, loop: Any, coroutine: Any, most_ns: int = 10**9) -> None:
        self.loop = loop
        self.interner = Interner()
        self.waits, self.kept = recorder.Rows(2000, 8), recorder.Rows(2000, 3)
        self.noted = recorder.Waits(
            self.waits,
            self.kept,
            recorder.Stacks(self.interner.told),
            asyncio.Task,
            self.interner._strings,
            self.interner.string,
            most_ns,
        )
        self.told: list[Any] = []
        made = given(recorder, recorder.Rows(2000), waited=lambda *what: self.told.append(what))
        self.stepper = recorder.Stepper(**{**made, "long_ns": 0, "waits": self.noted})
        self.task = loop.create_task(coroutine)
        self.before: list[Any] = [1, 0]  # the entry that Python would have

    def step(self) -> None:
        self.stepper.run(self.loop._ready.popleft())

    def awaited(self, future: asyncio.Future[None]) -> tuple[int, int]:
        """(stack, kept) by Python; and the same step by the C recorder."""
        expected = stack_and_kept(self.interner, self.task.get_coro(), self.before)
        future.set_result(None)
        self.step()
        return expected

    def written(self) -> list[tuple[int, ...]]:
        return list(struct.iter_unpack("8Q", self.waits.take()))


async def plain(future: asyncio.Future[None]) -> None:
    await future


async def nested(future: asyncio.Future[None]) -> None:
    await plain(future)


@types.coroutine
def by_generator(future: asyncio.Future[None]) -> Generator[Any, Any, None]:
    yield from future


async def around_generator(future: asyncio.Future[None]) -> None:
    await by_generator(future)


class Awaitable:
    def __init__(self, future: asyncio.Future[None]) -> None:
        self.future = future

    def __await__(self) -> Generator[Any, Any, None]:
        return plain(self.future).__await__()  # a wrapper of CPython's


async def around_awaitable(future: asyncio.Future[None]) -> None:
    await Awaitable(future)


async def items(future: asyncio.Future[None]) -> AsyncIterator[int]:
    await plain(future)
    yield 1


async def over_items(future: asyncio.Future[None]) -> None:
    async for _ in items(future):
        pass


async def at_an_exit(future: asyncio.Future[None]) -> None:
    @contextlib.asynccontextmanager
    async def entered() -> AsyncIterator[None]:
        yield
        await future

    async with entered():
        pass


SHAPES = (plain, nested, around_generator, around_awaitable, over_items, at_an_exit)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_stack_is_that_of_python(
    recorder: ModuleType, loop: Any, shape: Callable[..., Coroutine[Any, Any, None]]
) -> None:
    future = loop.create_future()
    seen = Observed(recorder, loop, shape(future))
    seen.step()
    assert seen.written() == []  # it had not begun: it waited for nothing
    stack, _ = seen.awaited(future)
    (row,) = seen.written()
    assert row[4] == stack > 0
    assert row[5] == seen.interner.string("Future")
    assert seen.told == []
    assert not len(seen.kept)


def test_the_frames_that_stayed_are_counted_as_python_does(recorder: ModuleType, loop: Any) -> None:
    futures = [loop.create_future() for _ in range(4)]

    async def again() -> None:
        for future in futures:
            await nested(future)  # another coroutine each time, often at the address of the one before

    seen = Observed(recorder, loop, again())
    seen.step()
    expected = [seen.awaited(future) for future in futures]
    rows = seen.written()
    assert [row[4] for row in rows] == [stack for stack, _ in expected]
    kept = list(struct.iter_unpack("3Q", seen.kept.take()))
    assert [row[2] for row in kept] == [count for _, count in expected if count] == [1, 1, 1]


def test_what_it_does_not_know_is_left_to_python(recorder: ModuleType, loop: Any) -> None:
    future = loop.create_future()

    class Strange:
        def __init__(self) -> None:
            self.inner = iter(future)

        def __await__(self) -> Any:
            return self

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> Any:
            return next(self.inner)

    async def around() -> None:
        await Strange()

    seen = Observed(recorder, loop, around())
    seen.step()
    future.set_result(None)
    seen.step()
    assert seen.written() == []
    assert len(seen.told) == 1


def test_a_task_that_waits_for_another_names_it(recorder: ModuleType, loop: Any) -> None:
    future = loop.create_future()
    inner = loop.create_task(plain(future))

    async def outer() -> None:
        await inner

    seen = Observed(recorder, loop, outer())
    seen.stepper.run(loop._ready.popleft())
    seen.step()
    future.set_result(None)
    seen.step()
    seen.step()
    rows = seen.written()
    assert [bool(row[6]) for row in rows] == [False, True]  # the inner one's for a future, the outer one's
    assert rows[1][6] == rows[0][0]


def test_beyond_its_time_waits_are_counted(recorder: ModuleType, loop: Any) -> None:
    futures = [loop.create_future() for _ in range(3)]

    async def again() -> None:
        for future in futures:
            await future

    seen = Observed(recorder, loop, again(), most_ns=0)
    seen.step()
    for future in futures:
        seen.awaited(future)
    assert len(seen.written()) <= 1
    assert seen.noted.refill(10**9) >= 2
    assert seen.noted.refill(10**9) == 0


def test_nothing_of_a_wait_is_held(recorder: ModuleType, loop: Any) -> None:
    future = loop.create_future()
    coroutine = nested(future)
    gone = weakref.ref(coroutine)
    seen = Observed(recorder, loop, coroutine)
    seen.step()
    seen.awaited(future)
    assert len(seen.written()) == 1
    del coroutine, seen.task
    gc.collect()
    assert gone() is None


def test_stacks_keep_what_they_were_told(recorder: ModuleType) -> None:
    asked: list[Any] = []

    def told(given: Any) -> int:
        asked.append(given)
        return len(asked)

    stacks = recorder.Stacks(told)
    codes = [compile("0", str(number), "eval") for number in range(600)]
    numbers = [stacks.number((code, at)) for code in codes for at in (0, 2)]
    assert numbers == list(range(1, 1201))
    assert [stacks.number((code, at)) for code in codes for at in (0, 2)] == numbers
    assert len(stacks) == len(asked) == 1200
    stacks.begin_anew(told)
    assert len(stacks) == 0
    assert stacks.number((codes[0], 0)) == 1201
