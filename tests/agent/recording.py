"""The C recorder with slow paths that do as little as can be."""

from __future__ import annotations

from asyncio import events, tasks
from collections.abc import Callable
from types import ModuleType
from typing import Any

LIMITS = {"long_ns": 10**6, "starved_ns": 10**7, "hold_ns": 2 * 10**6}


def given(recorder: ModuleType, rows: Any, **changed: Callable[..., Any]) -> dict[str, Any]:
    """What a `Stepper` is made of."""
    entries = recorder.Entries()
    numbers = iter(range(1, 1 << 30))

    def adopt(task: Any) -> Any:
        entry = entries[id(task)] = recorder.Entry((next(numbers), 0))
        return entry

    paths: dict[str, Callable[..., Any]] = {
        "adopt": adopt,
        "waited": lambda *_: None,
        "other": lambda _handle, _owner, _start, ready: (recorder.Entry((1 << 40, 0)), ready),
        "longer": lambda *_: None,
        "suits": lambda _: True,
    }
    return dict(
        entries=entries,
        callbacks=recorder.Entries(),
        rows=rows,
        handle_type=events.Handle,
        task_type=tasks.Task,
        python_task=tasks._PyTask,  # type: ignore[attr-defined]
        asleep=set(),
        iterations={},
        **(paths | changed),
        **LIMITS,
    )


def stepper(recorder: ModuleType, rows: Any, **changed: Callable[..., Any]) -> Any:
    return recorder.Stepper(**given(recorder, rows, **changed))


def scheduling(loop: Any, callback: Any, *arguments: Any) -> tuple[Any, ...]:
    """What `steps.SCHEDULING` gives."""
    asked = loop._ready, loop._closed, loop._debug, events.Handle, events.Handle.__init__
    return loop, callback, arguments, None, *asked
