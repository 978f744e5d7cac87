"""A call for each item of a `for`: its turns are free only if they come of the items alone."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source.python_items import repeated_at
from asyncwhy.source.python_module import Module


def found(text: str) -> int | None:
    """The line of the `for`, for the line with `run` in it."""
    lines = textwrap.dedent(text).strip("\n").split("\n")
    line = next(number for number, one in enumerate(lines, 1) if "run(" in one)
    return repeated_at(Module("x.py", "\n".join(lines) + "\n", tuple(lines)), line)


@pytest.mark.parametrize(
    "text",
    [
        "for n in range(3):\n    run(fetch(n))",
        "for n in range(3):\n    task = make(n)\n    total += run(task)",
        "for city in cities:\n    found[city] = run(read(city))\n    log(found[city])",
        "answers = [run(fetch(n)) for n in range(3)]",
        "print(sum(run(fetch(n)) for n in range(3)))",
    ],
)
def test_turns_that_come_of_their_items(text: str) -> None:
    assert found(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "run(fetch(1))",
        "while more:\n    run(fetch(more))",
        "for n in range(3):\n    state = run(step(n, state))",
        "for n in range(3):\n    page = run(read(n, cursor))\n    cursor = page.next",
        "for _ in range(3):\n    run(client.tick())",
        "for url in urls:\n    if run(ask(url)):\n        break",
    ],
)
def test_turns_that_may_need_each_other(text: str) -> None:
    assert found(text) is None
