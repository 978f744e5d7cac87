"""Which loops only ask whether something has happened, and which come nearer to their end by themselves."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source.python_module import Module
from asyncwhy.source.python_polls import poll_at, spin_at

POLLS = {
    "a flag": ("while not done:\n    await sleep(0)", "not done"),
    "a test that leaves": (
        "while True:\n    if future.done():\n        break\n    await sleep(0.001)",
        "future.done()",
    ),
    "an idle branch": (
        "while True:\n    job = take()\n    if job is None:\n        await sleep(0)\n        continue\n    job()",
        "job is None",
    ),
    "an exception that means nothing yet": (
        "while True:\n    try:\n        item = q.get_nowait()\n    except Empty:\n        await sleep(0)",
        "Empty",
    ),
    "a bounded number of looks": (
        "for _ in range(1000):\n    if ready():\n        return\n    await sleep(0.001)",
        "ready()",
    ),
    "what it looks at is looked up in its turn": (
        "while not self.done:\n    self.device.poll()\n    await sleep(0)",
        "not self.done",
    ),
    "what time alone brings about": (
        "while True:\n    now = clock.monotonic()\n    self.left = self.left + (now - self.at)\n    self.at = now\n"
        "    if self.left > 1:\n        return\n    await sleep(0)",
        "self.left > 1",
    ),
    "it tells that it waits": (
        "while not done:\n    log.debug('not yet')\n    await sleep(0)",
        "not done",
    ),
}
WORK = {
    "a counter": "while i < n:\n    i += 1\n    await sleep(0)",
    "its former self": "while i < n:\n    i = i + step\n    await sleep(0)",
    "a list worked off": "while todo:\n    todo.pop()\n    await sleep(0)",
    "items": "for item in items:\n    if bad(item):\n        break\n    await sleep(0)",
    "something else awaited": "while not done:\n    data = await read()\n    await sleep(0)",
    "steps of its own": "while not it.converged:\n    it.step()\n    await sleep(0)",
    "samples": "while not stop.is_set():\n    chain.feed(sensor.read())\n    await sleep(0.0025)",
    "something awaited in the condition": "while (job := await take()) is not None:\n    await sleep(0.03)",
    "no question": "while True:\n    tick()\n    await sleep(0.01)",
    "a step, then a look": "while True:\n    it.step()\n    if it.done:\n        break\n    await sleep(0)",
    "no loop": "await sleep(0)",
}


def ask(body: str) -> str | None:
    text = "async def f():\n" + textwrap.indent(body, "    ") + "\n"
    lines = tuple(text.split("\n"))
    line = next(number for number, one in enumerate(lines, 1) if "await sleep" in one)
    poll = poll_at(Module("f.py", text, lines), line)
    return None if poll is None else poll.question


@pytest.mark.parametrize("what", POLLS)
def test_a_loop_that_only_asks(what: str) -> None:
    body, question = POLLS[what]
    assert ask(body) == question


@pytest.mark.parametrize("what", WORK)
def test_a_loop_that_gets_on(what: str) -> None:
    assert ask(WORK[what]) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("while process.poll() is None:\n    pass\n", "process.poll() is None"),
        ("while not self.done:\n    continue\n", "not self.done"),
        ("while True:\n    if future.done():\n        break\n", "future.done()"),
        ("while time.time() < end:\n    pass\n", None),
        ("while worker.step():\n    pass\n", None),
        ("while not event.is_set():\n    count += 1\n", None),
        ("while not event.is_set():\n    await turn()\n", None),
    ],
)
def test_a_loop_that_only_asks_is_told_from_one_that_works(text: str, question: str | None) -> None:
    body = "async def f():\n" + textwrap.indent(text, "    ")
    poll = spin_at(Module("f.py", body, tuple(body.split("\n"))), 2)
    assert (poll and poll.question) == question
