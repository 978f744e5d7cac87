"""What is named as run by a pool: the program's function, through whatever hands it over."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from _asyncwhy_agent.threads import code_of, really_runs


def read() -> int:
    return 1


def lines() -> Iterator[int]:
    yield 1


def named(function: Callable[..., Any], *arguments: Any) -> str:
    return code_of(really_runs(function, arguments)).co_name


def carrier(function: Callable[..., Any]) -> Any:
    """A function as a framework has them, which calls what it is given."""
    return function()


carrier.__module__ = "starlette.concurrency"


def test_a_function_is_itself() -> None:
    assert named(read) == "read"


def test_what_is_bound_in_partials() -> None:
    assert named(functools.partial(functools.partial(read))) == "read"


def test_what_a_framework_carries() -> None:
    assert named(functools.partial(carrier, read)) == "read"
    assert named(carrier, read) == "read"


def test_the_generator_whose_next_item_a_framework_takes() -> None:
    assert named(carrier, lines()) == "lines"


def test_the_generator_of_a_context_manager() -> None:
    assert named(contextlib.contextmanager(lines)().__enter__) == "lines"


def test_what_the_programs_decorator_stands_around() -> None:
    @functools.wraps(read)
    def logged() -> int:
        return read()

    assert named(logged) == "read"
