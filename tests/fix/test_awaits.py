"""Awaits put together, loops overlapped, forgotten awaits added: as the text afterwards."""

from __future__ import annotations

import textwrap

import pytest

from asyncwhy.fix import (
    apply_diff,
    await_in_loop_remedies,
    never_awaited_remedies,
    sequential_awaits_remedies,
)
from asyncwhy.fix.never import never_called_remedies
from asyncwhy.model import Remedy, Safety
from asyncwhy.source import PythonSource, Sources


def program(body: str, imports: str = "import asyncio\n") -> str:
    return f"{imports}async def main(a, b, xs):\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def after(text: str, remedy: Remedy) -> str:
    assert remedy.diff is not None
    texts = apply_diff(remedy.diff, {"app.py": text})
    assert texts is not None
    return texts["app.py"]


def gathered(body: str) -> Remedy:
    source = PythonSource(Sources({"app.py": program(body)}))
    return sequential_awaits_remedies(source, "app.py", source.awaits("app.py", "main"))[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x = await f(a)\ny = await g(b)\n", "x, y = await asyncio.gather(f(a), g(b))\n"),
        ("await f(a)\nawait g(b)\n", "await asyncio.gather(f(a), g(b))\n"),
        ("x = await f(a)\nawait g(b)\n", "x, _ = await asyncio.gather(f(a), g(b))\n"),
        ("x, y = await f(a)\nself.z = await g(b)\n", "(x, y), self.z = await asyncio.gather(f(a), g(b))\n"),
        ("x = await f(a)\nprint(x)\ny = await g(b)\nreturn y\n",
         "x, y = await asyncio.gather(f(a), g(b))\nprint(x)\nreturn y\n"),
        ("x = await f(a)  # one\n\n# two\ny = await g(b)  # three\n",
         "x, y = await asyncio.gather(\n    f(a),  # one\n    g(b),  # three\n)\n\n# two\n"),
        ("x = await f(\n    a,\n)\ny = await g(b)\n",
         "x, y = await asyncio.gather(\n    f(\n    a,\n),\n    g(b),\n)\n"),
        ("if a:\n    x = await f(a)\n    y = await g(b)\n",
         "if a:\n    x, y = await asyncio.gather(f(a), g(b))\n"),
        ("x = await f('ä')\ny = await g('ö')  # ü\n",
         "x, y = await asyncio.gather(\n    f('ä'),\n    g('ö'),  # ü\n)\n"),
    ],
)  # fmt: skip
def test_consecutive_awaits_are_gathered(body: str, expected: str) -> None:
    found = gathered(body)
    assert found.safety is Safety.CHANGES_BEHAVIOUR
    assert after(program(body), found) == program(expected)


@pytest.mark.parametrize(
    "body",
    [
        "x = await f(a)\nreturn await g(b)\n",
        "x = await f(a); y = await g(b)\n",
        "x = (await f(a)).x\ny = await g(b)\n",
        "x = await f(a)\nb = 3\ny = await g(b)\n",
        "x = await f(a)\nif a:\n    y = await g(b)\n",
        "async with f(a):\n    await g(b)\n",
    ],
)
def test_what_cannot_be_gathered_in_place_is_a_sketch(body: str) -> None:
    assert gathered(body) == Remedy(gathered(body).title, Safety.SKETCH)


def overlapped(body: str) -> Remedy:
    source = PythonSource(Sources({"app.py": program(body)}))
    return await_in_loop_remedies(source, "app.py", source.awaits("app.py", "main")[0])[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for x in xs:\n    await f(x)\n", "await asyncio.gather(*(f(x) for x in xs))\n"),
        ("r = []\nfor x in xs:\n    r.append(await f(x, a))\nreturn r\n",
         "r = []\nr.extend(await asyncio.gather(*(f(x, a) for x in xs)))\nreturn r\n"),
        ("for x in xs:\n    r = await f(x)  \n    print(x, r)\n",
         "for x, r in zip(xs, await asyncio.gather(*(f(x) for x in xs))):\n    print(x, r)\n"),
        ("for i, x in enumerate(xs):\n    a[i] = await f(x)\n    # then\n    b(i)\n",
         "for (i, x), result in zip(enumerate(xs), {}(*(f(x) for i, x in enumerate(xs)))):\n"
         .format("await asyncio.gather") + "    a[i] = result\n    # then\n    b(i)\n"),
        ("r = [await f(x) for x in xs if x]\n", "r = await asyncio.gather(*[f(x) for x in xs if x])\n"),
        ("r = [await f(x) for x in xs][0]\n", "r = (await asyncio.gather(*[f(x) for x in xs]))[0]\n"),
        ("for x in a.items():\n    b += await f(x)\n",
         "for x, result in zip(a.items(), {}(*(f(x) for x in a.items()))):\n    b += result\n"
         .format("await asyncio.gather")),
    ],
)  # fmt: skip
def test_loops_are_overlapped(body: str, expected: str) -> None:
    found = overlapped(body)
    assert found.safety is Safety.CHANGES_BEHAVIOUR
    assert after(program(body), found) == program(expected)


@pytest.mark.parametrize(
    "body",
    [
        "for x in xs:\n    y = g(x)\n    await f(y)\n",
        "for x in xs:\n    y = a and await f(x)\n",
        "for x in read(a):\n    y = await f(x)\n    print(y)\n",
        "for x in xs: await f(x)\nelse:\n    b()\n",
        "for x in xs:\n    await f(await g(x))\n",
        "while a:\n    await f(a)\n",
        "r = {await f(x) for x in xs}\n",
        "async with f(a):\n    pass\n",
    ],
)
def test_other_loops_are_sketches(body: str) -> None:
    assert overlapped(body).safety is Safety.SKETCH
    assert overlapped(body).diff is None


def test_items_that_come_one_by_one_get_a_task_each() -> None:
    source = PythonSource(Sources({"app.py": program("async for x in xs:\n    await f(x)\n")}))
    one = source.awaits("app.py", "main")[1]
    found = await_in_loop_remedies(source, "app.py", one)
    assert "`group.create_task(f(x))`" in found[0].title


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("work(1)  # go\n", "await work(1)  # go\n"),
        ("x = work(1).value\n", "x = (await work(1)).value\n"),
        ("if work(1): pass\n", "if await work(1): pass\n"),
    ],
)
def test_forgotten_awaits_are_added(body: str, expected: str) -> None:
    source = PythonSource(Sources({"app.py": program(body)}))
    (call,) = source.unawaited_calls("app.py", "main", "work")
    first, second = never_awaited_remedies(source, call)
    assert first.safety is Safety.CHANGES_BEHAVIOUR
    assert after(program(body), first) == program(expected)
    assert "asyncio.create_task(work(1))" in second.title


def test_a_forgotten_await_in_a_plain_function() -> None:
    source = PythonSource(Sources({"app.py": "def main():\n    work(1)\n"}))
    (call,) = source.unawaited_calls("app.py", "main", "work")
    assert [remedy.diff for remedy in never_awaited_remedies(source, call)] == [None, None]


def test_a_queue_is_put_into_without_waiting_where_nothing_can_be_awaited() -> None:
    text = (
        "import asyncio, queue\nq = asyncio.Queue()\np = queue.Queue()\n"
        "def later(job):\n    q.put(job)\n    p.put(job)\n"
        "async def now(job):\n    q.put(job)\n"
    )
    source = PythonSource(Sources({"app.py": text}))
    found = [source.call_at("app.py", line) for line in (5, 6, 8)]
    calls = [call for call in found if call is not None]
    (plain,), other, awaited = (never_awaited_remedies(source, call) for call in calls)
    assert plain.safety is Safety.CHANGES_BEHAVIOUR
    assert after(text, plain) == text.replace("q.put(job)", "q.put_nowait(job)", 1)
    assert not any("put_nowait" in remedy.title for remedy in (*other, *awaited))


def test_a_coroutine_function_that_is_given_away_gets_a_task() -> None:
    source = PythonSource(Sources({"app.py": "async def audit(): pass\nbus.on('order', audit)\n"}))
    (found,) = never_called_remedies(source, "app.py", "audit")
    assert (found.safety, found.diff) == (Safety.SKETCH, None)
    assert "asyncio.create_task(audit(...))" in found.title


@pytest.mark.parametrize(("library", "word"), [("trio", "nursery"), ("anyio", "task group")])
def test_other_libraries_get_their_own_words(library: str, word: str) -> None:
    text = program("for x in xs:\n    await f(x)\n    await g(x)\n", f"import {library}\n")
    source = PythonSource(Sources({"app.py": text}))
    awaits = source.awaits("app.py", "main")
    for found in (
        sequential_awaits_remedies(source, "app.py", awaits),
        await_in_loop_remedies(source, "app.py", awaits[0]),
    ):
        assert word in found[0].title
        assert {remedy.diff for remedy in found} == {None}
