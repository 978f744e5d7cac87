"""Which loops take what others bring, with which await; and whether handling it could overlap."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.source import Independence, PythonSource, Sources

TAKES = {
    "at the head": ("while True:\n    line = await reader.readline()\n    await handle(line)", 2),
    "in the condition": ("while line := await reader.readline():\n    await handle(line)", 1),
    "in the midst of an expression": (
        "while True:\n    job = json.loads(await ws.receive_text())\n    await handle(job)",
        2,
    ),
    "as an operand": ("while True:\n    await handle(await ws.receive_json())", 2),
    "within a time limit": (
        "while True:\n    job = await asyncio.wait_for(jobs.get(), 1)\n    await handle(job)",
        2,
    ),
    "with a way out": (
        "while True:\n    try:\n        text = await ws.recv()\n    except Closed:\n        break\n    await handle(text)",
        3,
    ),
    "with a count": ("for _ in range(9):\n    frame = await frames.get()\n    await handle(frame)", 2),
    "a connection": ("while True:\n    peer = await listener.accept()\n    await handle(peer)", 2),
}
TAKES_NOTHING = {
    "a token": "while True:\n    token = await auth.renew()\n    await handle(token)",
    "bytes": "while True:\n    data = await reader.read(4096)\n    await handle(data)",
    "what nobody uses": "while True:\n    got = await reader.readline()\n    await handle()",
    "only sometimes": "while True:\n    if ready:\n        job = await jobs.get()\n    await handle(job)",
    "what it runs over": "for url in urls:\n    page = await session.get(url)\n    await handle(page)",
}
INDEPENDENT = {
    "an answer is sent": "while True:\n    job = await ws.receive_json()\n    await ws.send_json(await handle(job))",
    "the connection is handed on": "while True:\n    job = await websocket.receive()\n    await handle(websocket, job)",
    "acknowledged": "async for message in queue:\n    await handle(message)\n    await message.ack()",
    "the next one comes after the last": (
        "while on:\n    batch = await api.get_updates(last)\n    last = batch.last\n    await handle(batch)"
    ),
    "both ways by one object": "async for message in ws:\n    await ws.send_json(await handle(message))",
    "it ends with its peer": (
        "while True:\n    try:\n        text = await ws.recv()\n        await handle(text)\n    except Closed:\n        break"
    ),
}
DEPENDENT = {
    "a sum": "while True:\n    n = await numbers.get()\n    total = await add(total, n)",
    "an end that a handler tells": (
        "while True:\n    job = await jobs.get()\n    if not await handle(job):\n        break"
    ),
    "a condition that a handler tells": "while more:\n    job = await jobs.get()\n    more = await handle(job)",
    "it brings more itself": "async for url in todo:\n    await todo.put(await handle(url))",
    "it only sends on": "while True:\n    line = await reader.readline()\n    await ws.send_str(line)",
    "a lock": "while True:\n    job = await jobs.get()\n    async with lock:\n        await handle(job)",
    "a pace": "while True:\n    job = await jobs.get()\n    await handle(job)\n    await asyncio.sleep(1)",
}


def asked(body: str, before: str = "") -> PythonSource:
    text = f"import asyncio, json\n{before}async def main(total=0, last=0, more=1):\n" + textwrap.indent(
        body, "    "
    )
    return PythonSource(Sources({"app.py": text + "\n"}, read_disk=False))


def answer(body: str, before: str = "", *, fed: bool = True) -> Independence:
    """On the awaits of the loop but the one that takes."""
    source = asked(body, before)
    awaits = source.awaits("app.py", "main")
    loop = next(one.loop for one in awaits if one.loop is not None)
    return source.independent_turns(
        "app.py", tuple(one for one in awaits if one.loop is not None and one.extent != loop.take), fed=fed
    )


@pytest.mark.parametrize("what", TAKES)
def test_a_loop_takes_with_one_await(what: str) -> None:
    body, line = TAKES[what]
    loops = {one.loop for one in asked(body).awaits("app.py", "main")}
    assert len(loops) == 1
    (loop,) = loops
    assert loop is not None
    assert loop.take is not None
    assert loop.take.line == line + 2


@pytest.mark.parametrize("what", TAKES_NOTHING)
def test_a_loop_takes_nothing(what: str) -> None:
    loops = {one.loop for one in asked(TAKES_NOTHING[what]).awaits("app.py", "main")}
    assert all(loop is None or loop.take is None for loop in loops)


@pytest.mark.parametrize("what", INDEPENDENT)
def test_messages_can_be_handled_together(what: str) -> None:
    assert answer(INDEPENDENT[what]).independent


@pytest.mark.parametrize("what", DEPENDENT)
def test_messages_that_must_wait(what: str) -> None:
    assert not answer(DEPENDENT[what]).independent


def test_a_while_is_only_asked_about_what_was_there() -> None:
    body, _ = TAKES["at the head"]
    assert answer(body).independent
    assert not answer(body, fed=False).independent


def test_what_a_function_of_the_file_does_to_the_channel_counts() -> None:
    body = "async for url in todo:\n    await visit(url)"
    harmless = "async def visit(url):\n    await get(url)\n"
    assert answer(body, harmless).independent
    assert not answer(body, "todo = Queue()\nasync def visit(url):\n    await todo.put(url)\n").independent
    reads = "async def visit(url):\n    await handle(await todo.get())\n"
    assert not answer(body, "todo = Queue()\n" + reads).independent


PAGES = (
    "while True:\n    page = await api.fetch(last)\n    for row in page.rows:\n        await handle(row)\n"
)


@pytest.mark.parametrize(
    ("body", "brought"),
    [
        ("while on:\n    for update in await api.get_updates(last):\n        await handle(update)", True),
        ("while True:\n    batch = await todo.get()\n    for job in batch:\n        await handle(job)", True),
        (PAGES + "    if not page.more:\n        break", False),
        ("while last:\n    page = await get(last)\n    last = page.next\n    for row in page:\n        await handle(row)", False),
        ("for row in await api.fetch(last):\n    await handle(row)", False),
        ("while True:\n    for row in rows:\n        await handle(row)", False),
    ],
)  # fmt: skip
def test_what_a_while_is_brought_is_not_fetched_page_by_page(body: str, brought: bool) -> None:
    loops = [one.loop for one in asked(body).awaits("app.py", "main") if one.call == "handle"]
    assert [loop is not None and loop.brought for loop in loops] == [brought]


@pytest.mark.parametrize(
    ("iterable", "brought"),
    [("ws", True), ("self.stdout", True), ("pubsub.listen()", True), ("lines(ws)", True), ("pages()", False)],
)
def test_a_stream_brings_whatever_its_reader_does(iterable: str, brought: bool) -> None:
    before = (
        "async def lines(ws):\n    async for text in ws:\n        for line in text:\n            yield line\n"
        "async def pages():\n    for number in range(9):\n        yield await fetch(number)\n"
    )
    body = f"async for item in {iterable}:\n    await handle(item)"
    loops = [one.loop for one in asked(body, before).awaits("app.py", "main") if one.call == "handle"]
    assert [loop is not None and loop.brought for loop in loops] == [brought]


def test_what_is_sent_to_many_need_not_come_one_by_one() -> None:
    many = "for member in members:\n    await member.send(text)"
    assert answer(many, fed=False).confidence == "medium"
    for other in (
        "for member in members:\n    await api.post(member)",
        "for member in members:\n    await member.setup()",
    ):
        assert answer(other, fed=False).confidence == "low"
