"""Which `while` loops work off what is there, and may be told as a `for` is."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source import PythonSource, Sources

WORKED_OFF = {
    "next with a default": "it = iter(urls)\nwhile (url := next(it, None)) is not None:\n    out[url] = await get(url)",
    "a list from its end": "while urls:\n    url = urls.pop()\n    out[url] = await get(url)",
    "a deque of the object": "while len(self.urls) > 0:\n    url = self.urls.popleft()\n    out[url] = await get(url)",
    "a queue that is full already": "while not urls.empty():\n    url = urls.get_nowait()\n    out[url] = await get(url)",
}
DECIDED_BY_THE_TURN = {
    "a crawler": "while urls:\n    url = urls.pop()\n    urls.extend(await get(url))",
    "a failure comes again": (
        "while urls:\n    url = urls.pop()\n    try:\n        out[url] = await get(url)\n"
        "    except OSError:\n        urls.append(url)"
    ),
    "another condition": "while urls and budget.left():\n    url = urls.pop()\n    out[url] = await get(url)",
    "the last answer is asked with": "token = 0\nwhile urls:\n    url = urls.pop()\n    token = await get(url, token)",
    "the first that is good": "while urls:\n    url = urls.pop()\n    if await get(url):\n        return url",
}


def turns(body: str) -> bool:
    text = "async def f(self, urls):\n    out = {}\n" + textwrap.indent(body, "    ") + "\n"
    source = PythonSource(Sources({"f.py": text}))
    last = source.awaits("f.py", "f")[-1]
    assert last.loop is not None
    return last.loop.drains and source.independent_turns("f.py", (last,)).independent


@pytest.mark.parametrize("name", WORKED_OFF)
def test_a_while_that_works_off(name: str) -> None:
    assert turns(WORKED_OFF[name])


@pytest.mark.parametrize("name", DECIDED_BY_THE_TURN)
def test_a_turn_that_the_next_one_needs(name: str) -> None:
    assert not turns(DECIDED_BY_THE_TURN[name])
