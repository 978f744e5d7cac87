"""Whether a function that a library calls after another one may need what that did."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source import PythonSource, Sources

PROGRAM = """
    import asyncio
    from typing import Annotated
    from fastapi import Depends, Request
    from elsewhere import AdminDep

    seen = {}
    cache = asyncio.Lock()

    async def token(request: Request, q=1): request.state.who = await read(q)
    async def user(token: str = Depends(token)): return token
    UserDep = Annotated[str, Depends(user)]
    async def orders(user: UserDep): return [user]
    async def written(user: "UserDep"): return [user]
    async def settings(request: Request): return request.state.who
    async def flags(q: int = 0): return await read(q)
    async def rates(): return await read(2)
    async def counts(): seen["n"] = await read(3)
    async def shows(): return seen
    async def one():
        async with cache: return await read(4)
    async def other():
        async with cache: return await read(5)
"""


@pytest.fixture
def asked() -> PythonSource:
    texts = {
        "app.py": textwrap.dedent(PROGRAM),
        "elsewhere.py": "from app import user\nAdminDep = Annotated[str, Depends(user)]\n",
        "deps.py": "from elsewhere import AdminDep\nasync def log(admin: AdminDep): return admin\n",
    }
    return PythonSource(Sources(texts, read_disk=False))


def needs(asked: PythonSource, later: str, earlier: str, file: str = "app.py") -> bool:
    one, other = asked.definition(file, later), asked.definition("app.py", earlier)
    assert one is not None
    assert other is not None
    return asked.may_need(one, other)


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("user", "token"),  # named in the signature
        ("orders", "user"),  # through an alias
        ("orders", "token"),  # through what that names in turn
        ("written", "user"),  # in an annotation that is a string
        ("settings", "token"),  # it changes what both are given
        ("shows", "counts"),
        ("other", "one"),  # one lock
    ],
)
def test_it_may_need_it(asked: PythonSource, later: str, earlier: str) -> None:
    assert needs(asked, later, earlier)


@pytest.mark.parametrize(
    ("later", "earlier"), [("rates", "flags"), ("flags", "token"), ("shows", "rates"), ("rates", "one")]
)
def test_it_does_not(asked: PythonSource, later: str, earlier: str) -> None:
    assert not needs(asked, later, earlier)


def test_an_alias_may_stand_in_another_file(asked: PythonSource) -> None:
    assert needs(asked, "log", "user", "deps.py")
    assert not needs(asked, "log", "rates", "deps.py")


def test_what_cannot_be_read_may_need_anything(asked: PythonSource) -> None:
    known = asked.definition("app.py", "rates")
    assert known is not None
    assert PythonSource(Sources({}, read_disk=False)).may_need(known, known)
