"""Which connection an await uses, and whether it outlives the function."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source import PythonSource, Sources

USES = {
    "an attribute": ("await self._session.scalar(q)", "self._session"),
    "given to a function": ("await count(self.session, q)", "self.session"),
    "by its annotation": ("await self.work.scalar(q)", "self.work"),
    "the module's own": ("await connection.execute(q)", "connection"),
    "a parameter": ("await session.scalar(q)", None),
    "one of HTTP": ("await self.web.get(q)", None),
    "a class that can be read": ("await self.conn.send(q)", None),
    "a pool": ("await self.pool.fetch(q)", None),
    "one of its own": ("async with self.pool.acquire() as conn:\n    await Query(conn).one(q)", ""),
    "whatever makes it": ("async with self.make() as session:\n    await Query(session).one(q)", ""),
    "a transaction": (
        "async with self._session.begin():\n    await self._session.scalar(q)",
        "self._session",
    ),
}

PROGRAM = """
import aiohttp
from sqlalchemy.ext.asyncio import AsyncSession
connection = connect()
class Conn:
    pass
class Repository:
    def __init__(self, session, work: AsyncSession, web: aiohttp.ClientSession):
        self._session = self.session = session
        self.work = work
        self.web = web
        self.conn = Conn()
    async def run(self, session, q):
"""


@pytest.mark.parametrize("what", USES)
def test_the_connection_that_an_await_uses(what: str) -> None:
    body, path = USES[what]
    program = PROGRAM + textwrap.indent(body, " " * 8) + "\n"
    line = max(number for number, text in enumerate(program.split("\n"), 1) if "await " in text)
    source = PythonSource(Sources({"app.py": program}, read_disk=False))
    assert source.connection_at("app.py", line) == path
