"""Which sleeps keep a rate, and which only stand for work."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source import PythonSource, Sources

PACES = {
    "until its turn": "now = time.monotonic()\nif self.next > now:\n    await asyncio.sleep(self.next - now)",
    "a window": "now = clock()\nif len(self.starts) >= self.count:\n    await asyncio.sleep(self.gap - (now - self.starts[0]))",
    "what is left of a gap": "await asyncio.sleep(self.last + self.gap - time.monotonic())",
    "a clock in the condition": "if time.monotonic() < self.next:\n    await asyncio.sleep(self.gap)",
    "a burst is used up": "if self.burst == 0:\n    await asyncio.sleep(self.gap)",
    "until a token is there": "while self.tokens < 1:\n    await asyncio.sleep(0.05)\n    self.refill()",
    "a gap made of a rate": "self.lock, self.gap = None, 1 / key\nawait asyncio.sleep(self.gap)",
    "one part of a second": "await asyncio.sleep(1 / self.rate)",
}
WORKS = {
    "without a condition": "await asyncio.sleep(0.1)",
    "as long as something takes": "await asyncio.sleep(self.latency)",
    "as long as its argument asks": "await asyncio.sleep(len(key) / 100)",
    "what was asked is not there": "if key not in self.cache:\n    await asyncio.sleep(0.1)",
    "by the size of what was asked": "if len(key) > 3:\n    await asyncio.sleep(0.1)",
    "until something is ready": "while not self.ready:\n    await asyncio.sleep(0.1)",
    "no sleep": "if self.next > time.monotonic():\n    await self.fetch()",
}


def paces(body: str) -> bool:
    text = "import asyncio\nimport time\nclass L:\n  async def m(self, key):\n    async with self.lock:\n"
    text += textwrap.indent(body, " " * 6) + "\n"
    line = next(number for number, one in enumerate(text.split("\n"), 1) if "await " in one)
    return PythonSource(Sources({"app.py": text}, read_disk=False)).paces("app.py", line)


@pytest.mark.parametrize("what", PACES)
def test_a_sleep_that_keeps_a_rate(what: str) -> None:
    assert paces(PACES[what])


@pytest.mark.parametrize("what", WORKS)
def test_a_sleep_that_stands_for_work(what: str) -> None:
    assert not paces(WORKS[what])
