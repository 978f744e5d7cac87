"""What the C recorder notes of a new task is what `AsyncioHooks._adopt` would have noted; uvloop's calls pass through it."""

from __future__ import annotations

import asyncio
import itertools
import struct
import sys
from types import ModuleType
from typing import Any

import pytest
from _asyncwhy_agent.interning import Interner
from _asyncwhy_agent.recorder import NUMBERED

from tests.agent.recording import stepper

if not getattr(sys, "_is_gil_enabled", lambda: True)():
    pytest.skip("without a GIL all this is Python's", allow_module_level=True)


async def work() -> None:
    """What the tasks run."""


class Made:
    """`created` of the C recorder; `told` are the tasks that it left to Python."""

    def __init__(self, recorder: ModuleType) -> None:
        self.interner = own = Interner()
        self.entries, self.rows = recorder.Entries(), recorder.Rows(2000, 8)
        self.told: list[Any] = []
        self.created = recorder.Making(
            self.entries,
            self.rows,
            recorder.Stacks(own.captured),
            recorder.Stacks(lambda told: own.site(*told)),
            asyncio.Task,
            itertools.count(5),
            own.ends,
            asyncio.current_task,
            lambda *given: self.told.append(given),
        ).created

    def written(self) -> list[tuple[int, ...]]:
        return list(struct.iter_unpack("8Q", self.rows.take()))


def test_a_task_is_noted_with_who_made_it(recorder: ModuleType, loop: Any) -> None:
    made = Made(recorder)
    coroutine = work()
    task = asyncio.Task(coroutine, loop=loop, name="Task-12")

    def stack() -> int:
        made.created(task, loop, coroutine)
        return made.interner.stack(sys._getframe())

    expected = stack()
    (row,) = made.written()
    sites = [made.interner.new_stacks[place:] for place in (0, len(made.interner.new_stacks) // 2)]
    assert row[0] == made.entries.get(id(task))[0] == 5
    assert row[2] == 0
    # Two instructions of `stack` are two places; all that is below is the same.
    assert sites[0][3 : 2 + sites[0][1]] == sites[1][3 : 2 + sites[1][1]]
    assert 0 < row[3] < expected
    assert row[4] == made.interner.site(work.__code__, -1)
    assert row[5] == NUMBERED | 12
    assert row[7] == 0
    loop.run_until_complete(task)


def test_who_made_it_is_the_task_that_runs(recorder: ModuleType, loop: Any) -> None:
    made = Made(recorder)

    async def parent() -> None:
        own = asyncio.current_task()
        made.created(own, loop, own.get_coro())  # type: ignore[union-attr]
        coroutine = work()
        child = loop.create_task(coroutine)
        made.created(child, loop, coroutine)
        await child

    loop.run_until_complete(parent())
    first, second = made.written()
    assert (first[2], second[2]) == (0, first[0])


def generator() -> Any:
    yield


class Other(asyncio.Task):  # type: ignore[type-arg]
    """Of another class."""


@pytest.mark.parametrize("what", ["class", "name", "carrier"])
def test_what_it_does_not_know_is_left_to_python(recorder: ModuleType, loop: Any, what: str) -> None:
    async def _run_coro() -> None:
        """As anyio's, which runs another's coroutine."""

    made = Made(recorder)
    coroutine = _run_coro() if what == "carrier" else work()
    kind = Other if what == "class" else asyncio.Task
    task = kind(coroutine, loop=loop, name="mine" if what == "name" else "Task-1")
    made.created(task, loop, coroutine)
    assert made.told == [(task, loop, coroutine)]
    assert made.written() == []
    assert len(made.entries) == 0
    loop.run_until_complete(task)


class Loop:
    """Takes callbacks as uvloop does."""

    def __init__(self) -> None:
        self.given: list[Any] = []


def call(loop: Loop, *arguments: Any, context: Any = None) -> str:
    loop.given.append((arguments, context))
    return "handle"


@pytest.mark.parametrize(("timed", "before"), [(False, ()), (True, (0.5,)), (True, (3,))])
def test_a_plain_call_is_passed_on_as_a_step(
    recorder: ModuleType, timed: bool, before: tuple[Any, ...]
) -> None:
    rows, left = recorder.Rows(2000), []
    own = stepper(recorder, rows)
    seen: list[Any] = []
    passing = recorder.Passing(
        own,
        call,
        lambda *_, **__: left.append(_),
        {},
        lambda *_: None,
        lambda *_: recorder.Entry((9, 0)),
        0,
        timed,
    )
    kind = type("Kind", (Loop,), {"call_soon": passing})
    loop = kind()
    assert loop.call_soon(*before, seen.append, 4, context="context") == "handle"
    ((arguments, context),) = loop.given
    assert context == "context"
    assert arguments[: len(before)] == before
    assert arguments[len(before)].__wrapped__ == seen.append
    arguments[len(before)](*arguments[len(before) + 1 :])
    assert seen == [4]
    assert len(rows) == 5
    assert left == []


@pytest.mark.parametrize(
    "given", [(True, (float("nan"), print)), (True, (1 << 2000, print)), (True, ("late", print)), (False, ())]
)
def test_a_call_that_is_not_plain_is_left(recorder: ModuleType, given: tuple[bool, tuple[Any, ...]]) -> None:
    left: list[Any] = []
    timed, arguments = given
    own = stepper(recorder, recorder.Rows(2000))
    passing = recorder.Passing(
        own, call, lambda *what: left.append(what), {}, lambda *_: None, lambda *_: None, 0, timed
    )
    loop = Loop()
    passing(loop, *arguments)
    assert left == [(loop, *arguments)]
    assert loop.given == []


def test_a_call_from_another_thread_is_left(recorder: ModuleType) -> None:
    left: list[Any] = []
    loop = Loop()
    own = stepper(recorder, recorder.Rows(2000))
    passing = recorder.Passing(
        own, call, lambda *what: left.append(what), {id(loop): 1}, lambda *_: None, lambda *_: None, 0, False
    )
    passing(loop, print)
    assert left == [(loop, print)]
