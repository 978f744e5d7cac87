"""The awaits of a function, and whether they could overlap."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncwhy.source import Await, AwaitKind, Confidence, Independence, PythonSource, Sources


def source(program: str) -> PythonSource:
    return PythonSource(Sources({"app.py": textwrap.dedent(program)}, read_disk=False))


def body(program: str) -> str:
    return "async def main(a, b, xs, client):\n" + textwrap.indent(textwrap.dedent(program), "    ")


def pair(program: str, before: str = "") -> Independence:
    """Of the awaits of `main`, the first and the last."""
    asked = PythonSource(Sources({"app.py": textwrap.dedent(before) + body(program)}, read_disk=False))
    found = asked.awaits("app.py", "main")
    assert len(found) >= 2
    return asked.independent("app.py", (found[0], found[-1]))


def turns(program: str, before: str = "") -> Independence:
    """Of all the awaits of `main`."""
    asked = PythonSource(Sources({"app.py": textwrap.dedent(before) + body(program)}, read_disk=False))
    return asked.independent_turns("app.py", asked.awaits("app.py", "main"))


def test_awaits_are_described() -> None:
    asked = source(
        """
        import asyncio, aiohttp
        async def main(urls, lock):
            async with aiohttp.ClientSession() as session, lock:
                for n, url in enumerate(urls):
                    try:
                        if n:
                            page = (await session.get(url)).text
                    except OSError:
                        await asyncio.sleep(1)
                    finally:
                        await done()
            pages = [await f(u) for u in urls if u]
            async for self.x in stream(urls):
                y, (z, *w) = await both(self.x)
            while (q := await more(y)):
                pass
            async def inner():
                await never
            return {k async for k in keys(pages)}
        """
    )
    found = asked.awaits("app.py", "main")
    assert [(one.line, one.call) for one in found] == [
        (4, "aiohttp.ClientSession"),
        (8, "aiohttp.ClientSession.get"),
        (10, "asyncio.sleep"),
        (12, "done"),
        (13, "f"),
        (14, "stream"),
        (15, "both"),
        (16, "more"),
        (20, "keys"),
    ]
    session, get, sleep, done, f, stream, both, more, keys = found
    assert session.kind is AwaitKind.ASYNC_WITH
    assert set(session.assigns) == {"session"}
    assert (get.assigns, get.reads) == (("page",), ("session.get", "url"))
    assert get.loop is not None
    assert (get.loop.kind, get.loop.line, get.loop.iterable, get.loop.targets) == (
        "for",
        5,
        "enumerate(urls)",
        ("n", "url"),
    )
    assert [guard.kind for guard in get.guards] == ["async-with", "try", "if"]
    assert get.guards[0].text == "aiohttp.ClientSession(), lock"
    assert [guard.kind for guard in sleep.guards] == ["async-with", "except"]
    assert [guard.kind for guard in done.guards] == ["async-with", "finally"]
    assert f.in_comprehension
    assert f.loop is not None
    assert (f.loop.kind, f.loop.iterable, f.assigns) == ("comprehension", "urls", ("pages",))
    assert (stream.kind, stream.loop) == (AwaitKind.ASYNC_FOR, None)
    assert (both.loop and both.loop.kind, both.assigns) == ("async-for", ("w", "y", "z"))
    assert (more.loop and more.loop.kind, more.assigns) == ("while", ("q",))
    assert (keys.kind, keys.in_comprehension, keys.loop) == (AwaitKind.ASYNC_FOR, True, None)


FREE = [
    "x = await f(a)\ny = await f(b)",
    "x = await f(a)\nprint(x)\ny = await g(b)",
    "x = await f(a)\nout = []\nout.append(x)\ny = await g(b)",
    "x = await client.fetch(a)\ny = await client.fetch(b)",
    "x = (await client.fetch(a)).json()\ny = (await client.fetch(b)).json()",
    "x = (await f(a)) + (await g(b))",
    "await say(1, a)\nawait say(2, b)",
    "await asyncio.sleep(1)\nawait asyncio.sleep(2)",
    "x = await f(a)\nasync with asyncio.TaskGroup() as g:\n    g.create_task(h(b))",
    "x = await f(a)\nasync with client.get(b) as r:\n    print(x, r.status)",
    "await room.say(a)\nawait room.say(b)",
    "await one.fill(a)\nx = await other.order()",
    "x = await shop.stock()\ny = await shop.order()",
    "await asyncio.sleep(1)\nprint('one')\nawait asyncio.sleep(2)",
    "x = await coro_1\ny = await coro_2",
    "self.x = await f(a)\nself.y = await g(b)",
    "if a:\n    x = await f(a)\n    y = await f(b)",
    "try:\n    x = await f(a)\n    y = await f(b)\nexcept ValueError:\n    return",
    "x = await f(a)\nx = await f(b)",
    "x = await f(a)\nread_file = x.text\ny = await read_conn(b)",
    "c = f(a)\nx = await c\ny = await g(b)",
    "x = await f(session_id=a.session_id)\ny = await g(b.session_id)",
    "x = await asyncio.to_thread(f, a)\ny = await asyncio.to_thread(f, b)",
    "x = await asyncio.wait_for(f(a), 3)\ny = await asyncio.wait_for(g(b), 3)",
]


@pytest.mark.parametrize("program", FREE)
def test_awaits_that_could_overlap(program: str) -> None:
    found = pair(program, "import asyncio\n")
    assert found.independent, found.reason
    assert found.reason == "no data dependency found"


BOUND = [
    ("user = await f(a)\ny = await g(user)", "operand reads `user`, which line 3 awaited"),
    ("user = await f(a)\nid = user.id\ny = await g(id)", "operand reads `id`, which line 3 awaited"),
    ("r = await f(a)\nb.name = r\ny = await g(b)", "operand reads `b.name`, which line 3 awaited"),
    ("r = await f(a)\nb['k'] = r\ny = await g(b)", "operand reads `b`, which line 3 awaited"),
    ("xs.append(await f(a))\ny = await g(len(xs))", "operand reads `xs`, which line 3 awaited"),
    ("r = await f(a)\nxs.add(r)\ny = await g(xs)", "operand reads `xs`"),
    ("r = await f(a)\nenrich(b, r)\ny = await g(b)", "operand reads `b`"),
    ("r = await f(a)\nif r.ok:\n    y = await g(b)", "whether line 5 runs is decided by `r`"),
    ("r = await f(a)\nif not r:\n    return\ny = await g(b)", "whether line 6 runs is decided by `r`"),
    ("r = await f(a)\nassert r\ny = await g(b)", "whether line 5 runs is decided by `r`"),
    ("if await f(a):\n    await g(b)", "whether line 4 runs is decided by line 3"),
    ("if (r := await f(a)):\n    z = 1\ny = await g(r)", "operand reads `r`"),
    ("x = 0\nif (await f(a)).ok:\n    x = 1\ny = await g(x)", "operand reads `x`"),
    ("x = await f(a) or await g(b)", "whether line 3 awaits is decided by line 3"),
    ("x = await f(await g(b))", "line 3 takes what line 3 awaits"),
    ("async with f(a) as r:\n    y = await g(b)", "stands inside"),
    ("x = await client.conn.execute(a)\ny = await client.conn.execute(b)", "both use `client.conn`"),
    ("x = await load(client.session, a)\ny = await more(client.session, b)", "both use `client.session`"),
    ("x = await reader.readline()\ny = await reader.readline()", "both use `reader`"),
    ("x = await asyncio.wait_for(ws.recv(), 1)\ny = await ws.recv()", "both use `ws`"),
    ("q = asyncio.Queue()\nx = await q.get()\ny = await q.get()", "both use `q`"),
    ("x = await self.queue.get()\ny = await self.queue.get()", "both use `self.queue`"),
    ("async with lock:\n    x = await f(a)\n    y = await g(b)", "stands inside"),
    ("async with conn.transaction():\n    x = await f(a)\n    y = await g(b)", "stands inside"),
    ("await connect()\nx = await f(a)", "may have to come first"),
    ("await client.login(a)\nx = await f(a)", "may have to come first"),
    ("x = await f(a)\nawait commit()", "may have to come last"),
    ("x = await f(a)\nawait client.aclose()", "may have to come last"),
    ("await asyncio.sleep(1)\nx = await f(a)", "the sleep on line 3 keeps them apart"),
    ("x = await f(a)\nawait asyncio.sleep(1)\ny = await f(b)", "the sleep on line 4 keeps them apart"),
    ("t = asyncio.create_task(f(a))\nx = await g(b)\ny = await t", "`t` was started on line 3 before"),
    ("x = await t1\ny = await task_2", "`task_2` may have been started before"),
    ("await asyncio.sleep(1)\nlock.release()\nawait asyncio.sleep(1)", "keeps line 4 apart"),
    ("await asyncio.sleep(0)\nawait asyncio.sleep(0)", "only lets the others run"),
    ("ts = [asyncio.create_task(f(x)) for x in xs]\nx = await g(b)\ny = await ts[0]", "started on line 3"),
    ("try:\n    x = await f(a)\nexcept OSError:\n    y = await g(b)", "how line 4 ends (`try`)"),
    ("try:\n    x = await f(a)\nfinally:\n    y = await g(b)", "how line 4 ends (`try`)"),
    ("try:\n    x = await f(a)\nexcept OSError:\n    return\ny = await g(b)", "line 6 leaves before line 7"),
    ("if a:\n    x = await f(a)\nelse:\n    y = await g(b)", "different branches"),
    ("match a:\n case 1:\n  x = await f(a)\n case _:\n  y = await g(b)", "different branches"),
    ("if a:\n    await f(a)\n    return\ny = await g(b)", "line 5 leaves before line 6"),
    ("if a:\n    return await f(a)\ny = await g(b)", "line 4 leaves before line 5"),
    ("await self.app(a, send)\nawait self.other(b, send)", "both use `send`"),
    ("await check_config()\nx = await f(a)", "may have to come first"),
    ("x = await f(a)\nasync with asyncio.TaskGroup() as g:\n    g.create_task(h(x))", "operand reads `x`"),
    ("x = await f(a)\nasync with group:\n    for y in x:\n        group.start_soon(h, y)", "operand reads `x`"),
    ("await shop.fill(a)\nx = await shop.order()", "does to `shop` may have to come first"),
    ("await asyncio.gather(f(a), f(b))\nx = await g(b)", "waits for all of its group"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "reason"), BOUND)
def test_awaits_that_could_not(program: str, reason: str) -> None:
    found = pair(program, "import asyncio\n")
    assert not found.independent
    assert reason in found.reason


def test_awaits_inside_one_context() -> None:
    program = "async with {}:\n    x = await f(a)\n    y = await g(b)"
    for context, free in [
        ("lock", False),
        ("self.sem", False),
        ("conn.transaction()", False),
        ("engine.begin()", False),
        ("pool.acquire() as c", True),
        ("aiohttp.ClientSession() as s", True),
        ("timeout(3)", True),
        ("asyncio.TaskGroup() as tg", True),
    ]:
        asked = source("import asyncio, aiohttp\n" + body(program.format(context)))
        _, first, second = asked.awaits("app.py", "main")
        assert asked.independent("app.py", (first, second)).independent is free, context
    asked = source(body("async with pool.acquire() as c:\n    x = await f(c, a)\n    y = await g(c, b)"))
    _, first, second = asked.awaits("app.py", "main")
    assert "both run inside" in asked.independent("app.py", (first, second)).reason


def test_state_that_functions_share() -> None:
    shared = "TOKEN = None\nasync def f(a):\n    global TOKEN\n    TOKEN = await x(a)\n"
    reader = shared + "async def g(b):\n    return await y(TOKEN, b)\n"
    assert "shares `TOKEN`" in pair("x = await f(a)\ny = await g(b)", reader).reason or (
        "operand reads `TOKEN`" in pair("x = await f(a)\ny = await g(b)", reader).reason
    )
    other = shared + "async def g(b):\n    return await y(b)\n"
    assert pair("x = await f(a)\ny = await g(b)", other).independent
    locked = "import asyncio\nlock = asyncio.Lock()\nasync def f(a):\n    async with lock:\n        await a\n"
    assert "holds `lock`" in pair("x = await f(a)\ny = await f(b)", locked).reason


def test_state_of_an_object() -> None:
    program = """
    class Service:
        async def users(self):
            return await fetch(1)
        async def items(self):
            return await fetch(self.user_list)
        async def things(self):
            return await fetch(2)
        async def both(self):
            self.user_list = await self.users()
            self.item_list = await self.items()
        async def free(self):
            self.user_list = await self.users()
            self.thing_list = await self.things()
    """
    asked = source(program)
    both = asked.independent("app.py", asked.awaits("app.py", "Service.both"))
    assert both.reason == "operand reads `self.user_list`, which line 10 awaited"
    assert asked.independent("app.py", asked.awaits("app.py", "Service.free")).independent


def test_confidence() -> None:
    assert pair("x = await f(a)\ny = await f(b)").confidence is Confidence.HIGH
    assert pair("await say(a)\ny = await f(b)").confidence is Confidence.MEDIUM
    assert pair("x = await load(a)\ny = await f(b)").confidence is Confidence.HIGH
    assert pair("x = await insert(a)\ny = await f(b)").confidence is Confidence.LOW


def test_groups_of_three_name_the_pair_that_is_bound() -> None:
    asked = source(body("x = await f(a)\ny = await f(b)\nz = await g(x)"))
    found = asked.independent("app.py", asked.awaits("app.py", "main"))
    assert found.reason == "operand reads `x`, which line 2 awaited"


FREE_TURNS = [
    "for x in xs:\n    await f(x)",
    "out = []\nfor x in xs:\n    out.append(await f(x))",
    "for x in xs:\n    r = await f(x)\n    a[x] = r.value",
    "total = 0\nfor x in xs:\n    total += await f(x)",
    "for x in xs:\n    r = await f(x)\n    s = await g(r)\n    a.append(s)",
    "out = [await f(x) for x in xs]",
    "out = {x: await f(x) for x in xs if x}",
    "for x in xs:\n    try:\n        a.append(await f(x))\n    except OSError:\n        continue",
    "for x in xs:\n    r = await f(x)\n    if not r:\n        continue\n    a.append(r)",
    "for conn in xs:\n    await conn.execute(a)",
    "for x in xs:\n    async with semaphore:\n        a.append(await f(x))",
    "for x in xs:\n    async with asyncio.TaskGroup() as g:\n        a.append(g.create_task(f(x)))",
    "for x in xs:\n    async with pool.acquire() as conn:\n        a.append(await conn.fetch(x))",
    "n = 0\nfor x in xs:\n    n += 1\n    a.append(await f(x, n))",
    "for n, x in enumerate(xs):\n    if n == 3:\n        break\n    a.append(await f(x))",
    "for x in xs:\n    async with client.get(x) as r:\n        a.append(await r.json())",
    "async for x in xs:\n    a.append(await f(x))",
    "for x in xs:\n    for y in b:\n        a.append(await f(x, y))",
]


@pytest.mark.parametrize("program", FREE_TURNS)
def test_turns_that_could_overlap(program: str) -> None:
    before = "import asyncio\n"
    asked = source(before + body(program))
    awaits = tuple(one for one in asked.awaits("app.py", "main") if one.loop is not None)
    found = asked.independent_turns("app.py", awaits)
    assert found.independent, found.reason


BOUND_TURNS = [
    ("page = None\nfor x in xs:\n    page = await f(page)", "operand reads `page`, which line 5 awaited in"),
    ("c = ''\nfor x in xs:\n    r = await f(x, c)\n    c = r.next", "operand reads `c`"),
    ("for x in xs:\n    r = await f(x)\n    if not r:\n        break", "line 6 ends the loop by what line 4"),
    ("for x in xs:\n    r = await f(x)\n    if r:\n        return r", "line 6 ends the loop by what line 4"),
    ("for x in xs:\n    return await f(x)", "line 4 ends the loop"),
    ("for x in xs:\n  try:\n    await f(x)\n    break\n  except OSError:\n    pass", "ends the loop"),
    ("for x in xs:\n  try:\n    await f(x)\n  except OSError:\n    break", "line 7 ends the loop"),
    ("out = []\nfor x in xs:\n  out.append(await f(x))\n  if len(out) > 3:\n    break", "line 7 ends"),
    ("for x in xs:\n    xs.extend(await f(x))", "the loop runs over `xs`"),
    ("while a:\n    await f(a)", "`while`"),
    ("for x in xs:\n    await f(x)\n    await asyncio.sleep(1)", "the sleep on line 5 paces the loop"),
    ("for x in xs:\n    await conn.execute(x)", "every turn uses `conn`"),
    ("for x in xs:\n    await self.queue.put(x)", "every turn uses `self.queue`"),
    ("for x in xs:\n    async with lock:\n        await f(x)", "every turn"),
    ("async with lock:\n    for x in xs:\n        await f(x)", "the loop runs inside `lock`"),
    ("for x in xs:\n    await send(x)", "every turn uses `send`"),
    ("for x in xs:\n    await self.link.send_text(x)", "every turn uses `self.link`"),
    ("for t in tasks:\n    await t", "started"),
    ("ts = [asyncio.create_task(f(x)) for x in xs]\nfor t in ts:\n    await t", "started"),
    ("for t in asyncio.as_completed(xs):\n    a.append(await t)", "started"),
    ("for x in xs:\n    await asyncio.gather(f(x), g(x))", "a batch"),
    ("for x in xs:\n    yield await f(x)", "`yield`"),
    ("await f(a)", "stands in no loop"),
]


@pytest.mark.parametrize(("program", "reason"), BOUND_TURNS)
def test_turns_that_could_not(program: str, reason: str) -> None:
    asked = source("import asyncio\n" + body(program))
    awaits = tuple(one for one in asked.awaits("app.py", "main") if one.loop is not None)
    found = asked.independent_turns("app.py", awaits or asked.awaits("app.py", "main"))
    assert not found.independent
    assert reason in found.reason


def test_one_await_asks_about_its_turns() -> None:
    asked = source(body("for x in xs:\n    await f(x)"))
    (one,) = asked.awaits("app.py", "main")
    assert asked.independent("app.py", (one, one)) == asked.independent_turns("app.py", (one,))


def test_coroutines_in_a_list_are_not_started() -> None:
    assert turns("coros = [f(x) for x in xs]\nfor c in coros:\n    await c").independent


STATEMENTS = [
    "x = await f(a)",
    "y = await g(x)",
    "if x:\n        y = await h(b)\n    else:\n        await i()",
    "for x in xs:\n        y = await f(x)\n        if y: break",
    "try:\n        await f(a)\n    except E as e:\n        return\n    else:\n        await g(b)",
    "async with a.b() as c, d:\n        z = [await f(i) for i in c if await g(i)]",
    "match a:\n        case [1, *r] if await f(r):\n            await g(r)",
    "while (w := await q.get()):\n        a[await k()] = w",
    "x = (lambda: y)(await f(b)) if await g(a) else await h()",
    "async for a.x[0], b in s():\n        del a.x\n        await f(*a, **b)",
    "async def inner(): await x",
    "return {k: v async for k, v in m(x)}",
]


@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=6))
def test_every_question_is_answered(statements: list[str]) -> None:
    asked = source("async def main(a, b, xs):\n    " + "\n    ".join(statements) + "\n")
    awaits: tuple[Await, ...] = asked.awaits("app.py", "main")
    for first in awaits:
        assert isinstance(asked.independent("app.py", (first,)), Independence)
        for second in awaits:
            assert asked.independent("app.py", (first, second)).reason
            assert asked.independent_turns("app.py", (first, second)).reason
