"""Remedies for what holds the loop, as the text that the program has afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from asyncwhy.catalog import load
from asyncwhy.fix import apply_diff, blocking_call_remedies, cpu_on_loop_remedies
from asyncwhy.model import Remedy, Safety, Site
from asyncwhy.source import PythonSource, Sources

SEEDS = Path("/work/shared/seeds")
SLEEP = load().lookup("time.sleep")


def place(program: str, mark: str, function: str, file: str = "app.py") -> Site:
    """The site of the only line that holds the mark."""
    (line,) = [n for n, text in enumerate(program.splitlines(), 1) if mark in text]
    return Site(file, line, 1, function)


def after(program: str, remedy: Remedy) -> str:
    assert remedy.diff is not None
    texts = apply_diff(remedy.diff, {"app.py": program})
    assert texts is not None
    return texts["app.py"]


def remedies(
    program: str,
    *frames: tuple[str, str],
    call: str = "time.sleep",
) -> tuple[Remedy, ...]:
    stack = tuple(place(program, mark, function) for mark, function in frames)
    source = PythonSource(Sources({"app.py": program}, read_disk=False))
    return blocking_call_remedies(source, stack[0], stack, call, load().lookup(call))


def test_a_chain_becomes_async_up_to_the_async_function() -> None:
    program = textwrap.dedent(
        """\
        import asyncio
        import time

        def slow(n):
            time.sleep(n) # Incorrect
            return n


        async def wrapper(n):
             return slow(n)
        """
    )
    first, second = remedies(program, ("time.sleep", "slow"), ("return slow", "wrapper"))
    assert first.title == "await the wait, so the loop can run the others"
    assert first.safety is Safety.SAFE
    assert after(program, first) == program.replace("def slow", "async def slow").replace(
        "time.sleep(n)", "await asyncio.sleep(n)"
    ).replace("return slow", "return await slow")
    assert second.title == "or, if it cannot be rewritten: one line, runs on worker threads"
    assert second.safety is Safety.SAFE
    assert after(program, second) == program.replace(
        "slow(n)\n", "await asyncio.to_thread(slow, n)\n"
    ).replace("def slow(n):", "def slow(n):")


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not on this machine")
def test_the_seed_is_mended() -> None:
    file = SEEDS / "003_ex2.py"
    text = file.read_text()
    stack = (
        Site(str(file), 6, 5, "slow_task_blocking", 25),
        Site(str(file), 12, 13, "async_wrapper", 51),
        Site("/usr/lib/python3.13/asyncio/events.py", 89, 1, "_run"),
        Site(str(file), 26, 5, "<module>"),
    )
    found = blocking_call_remedies(PythonSource(), stack[0], stack, "time.sleep", SLEEP)
    assert [remedy.safety for remedy in found] == [Safety.SAFE, Safety.SAFE]
    changed = [apply_diff(remedy.diff or "", {str(file): text}) for remedy in found]
    first, second = (next(iter(texts.values())) for texts in changed if texts)
    assert "async def slow_task_blocking(task_id, duration):" in first
    assert "    await asyncio.sleep(duration) # Incorrect synchronous operation" in first
    assert "     return await slow_task_blocking(task_id, duration)" in first
    assert "     return await asyncio.to_thread(slow_task_blocking, task_id, duration)" in second


def test_directly_in_the_async_function_and_without_an_import() -> None:
    head = '"""Doc."""\nfrom __future__ import annotations\n'
    program = f"{head}from time import sleep as nap\nasync def f():\n    nap(1)\n"
    first, second = remedies(program, ("nap(1)", "f"))
    assert after(program, first) == (
        f"{head}import asyncio\nfrom time import sleep as nap\nasync def f():\n    await asyncio.sleep(1)\n"
    )
    assert "import asyncio\n" in after(program, second)
    assert "    await asyncio.to_thread(nap, 1)\n" in after(program, second)


@pytest.mark.parametrize(
    ("imports", "spelled"),
    [
        ("import asyncio as aio, time", "aio.sleep"),
        ("import time\nfrom asyncio import sleep", "sleep"),
        ("import time\nfrom asyncio import sleep as zz", "zz"),
    ],
)
def test_the_modules_own_words_are_used(imports: str, spelled: str) -> None:
    program = f"{imports}\nasync def f():\n    time.sleep(1)\n"
    found = remedies(program, ("time.sleep", "f"))
    assert f"    await {spelled}(1)\n" in after(program, found[0])
    assert after(program, found[0]).count("import") == program.count("import")


def test_a_name_that_means_something_else_is_left_alone() -> None:
    program = "import time\nasync def f(asyncio):\n    time.sleep(1)\n"
    assert [remedy.diff for remedy in remedies(program, ("time.sleep", "f"))] == [None, None]


def test_other_callers_are_awaited_or_named() -> None:
    program = textwrap.dedent(
        """\
        import asyncio, time
        def slow():
            time.sleep(1)
        async def main():
            slow()  # here
        async def other():
            x = slow().real
        """
    )
    found = remedies(program, ("time.sleep", "slow"), ("# here", "main"))[0]
    assert found.safety is Safety.SAFE
    assert "x = (await slow()).real" in after(program, found)
    more = program + "def sync():\n    slow()\nBACK = [slow]\n"
    found = remedies(more, ("time.sleep", "slow"), ("# here", "main"))[0]
    assert (found.safety, found.diff) == (Safety.SKETCH, None)  # it would leave coroutines that nobody awaits
    assert "also used at line 9, line 10, which must then await it" in found.title
    perhaps = program + "def sync(thing):\n    thing.slow()\n"
    found = remedies(perhaps, ("time.sleep", "slow"), ("# here", "main"))[0]
    assert found.safety is Safety.CHANGES_BEHAVIOUR
    assert "if what line 9 uses is the same" in found.title
    assert "await asyncio.sleep(1)" in after(perhaps, found)


NOT_A_CHAIN = [
    "import time\ndef slow():\n    yield time.sleep(1)\nasync def main():\n    [*slow()]  # here\n",
    "import time\n@cached\ndef slow():\n    time.sleep(1)\nasync def main():\n    slow()  # here\n",
    "import time\ndef slow():\n    time.sleep(1)\nasync def main():\n    (slow() for _ in x)  # here\n",
    "import time\ndef slow():\n  with lock:\n    time.sleep(1)\nasync def main():\n    slow()  # here\n",
]


@pytest.mark.parametrize("program", NOT_A_CHAIN)
def test_what_cannot_await_is_not_rewritten(program: str) -> None:
    found = remedies(program, ("time.sleep", "slow"), ("# here", "main"))
    assert found[0].safety is Safety.SKETCH
    assert found[0].diff is None
    assert "use `asyncio.sleep`" in found[0].title


def test_methods_and_two_files() -> None:
    library = "import time\nclass Box:\n    def open(self):\n        return time.sleep(1)\n"
    program = "from lib import Box\nasync def main(box: Box):\n    box.open()\n"
    source = PythonSource(Sources({"lib.py": library, "app.py": program}, read_disk=False))
    stack = (Site("lib.py", 4, 1, "Box.open"), Site("app.py", 3, 1, "main"))
    first, second = blocking_call_remedies(source, stack[0], stack, "time.sleep", SLEEP)
    texts = apply_diff(first.diff or "", {"lib.py": library, "app.py": program})
    assert texts is not None
    assert "    async def open(self):\n        return await asyncio.sleep(1)\n" in texts["lib.py"]
    assert "    await box.open()\n" in texts["app.py"]
    assert "await asyncio.to_thread(box.open)" in after(program, second)
    theirs = PythonSource(
        Sources({"lib.py": library, "app.py": program}, is_user=lambda file: file == "app.py")
    )
    (found,) = blocking_call_remedies(theirs, stack[0], stack, "time.sleep", SLEEP)
    assert "await asyncio.to_thread(box.open)" in after(program, found)  # nobody rewrites a library


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("x = f(a, k=1, *b, **c)", "x = await asyncio.to_thread(f, a, k=1, *b, **c)"),
        ("return f(a).json()['k']", "return (await asyncio.to_thread(f, a)).json()['k']"),
        ("f()", "await asyncio.to_thread(f)"),
        ("x = [f(i) for i in a]", "x = [await asyncio.to_thread(f, i) for i in a]"),
        ("if not f(a): pass", "if not await asyncio.to_thread(f, a): pass"),
        ("x = (y := f(a)) + 1", "x = (y := await asyncio.to_thread(f, a)) + 1"),
        ("x = f(i for i in a)", "x = await asyncio.to_thread(f, (i for i in a))"),
        ("x = f(await g(a))", "x = await asyncio.to_thread(f, await g(a))"),
        ("await g({'x': f(a)})", "await g({'x': await asyncio.to_thread(f, a)})"),
        ("for i in f(a): pass", "for i in await asyncio.to_thread(f, a): pass"),
        ("x = 'ü', f('ä', a)", "x = 'ü', await asyncio.to_thread(f, 'ä', a)"),
        ("x = f(\n        a,  # first\n        b,\n    )",
         "x = await asyncio.to_thread(f,\n        a,  # first\n        b,\n    )"),
        ("x = a if f(a) else b", "x = a if await asyncio.to_thread(f, a) else b"),
    ],
)  # fmt: skip
def test_one_line_moves_to_a_thread(before: str, expected: str) -> None:
    program = f"import asyncio\nasync def main(a, b, c):\n    {before}\n"
    source = PythonSource(Sources({"app.py": program}))
    found = blocking_call_remedies(source, Site("app.py", 3, 1, "main"), (), "f")
    assert len(found) == 1
    assert after(program, found[0]) == program.replace(before, expected)
    assert found[0].safety is Safety.CHANGES_BEHAVIOUR


@pytest.mark.parametrize(
    "line",
    [
        "with f(a) as x: await g(x)",
        "x = lambda: f(a)",
        "x = (f(i) for i in a)",
        "x = (f(i) for i in await g(a))",
        "await asyncio.gather(f(a), g(a))",
        "x = f'{a:{f(a)}}'",
        "x = a[0]",
    ],
)
def test_where_no_line_can_be_given_there_are_words(line: str) -> None:
    program = f"import asyncio\nasync def main(a):\n    {line}\n"
    source = PythonSource(Sources({"app.py": program}))
    (found,) = blocking_call_remedies(source, Site("app.py", 3, 1, "main"), (), "f")
    assert (found.safety, found.diff) == (Safety.SKETCH, None) or sys.version_info >= (3, 12)
    assert "asyncio.to_thread" in found.title or found.diff


def test_safety_of_a_thread_follows_what_the_function_shares() -> None:
    program = "N = 0\ndef f():\n    global N\n    N += 1\nasync def main():\n    f()  # here\n"
    source = PythonSource(Sources({"app.py": program}))
    (found,) = blocking_call_remedies(source, place(program, "# here", "main"), (), "f")
    assert found.safety is Safety.CHANGES_BEHAVIOUR


def test_a_sqlite_connection_stays_in_its_thread() -> None:
    program = "import sqlite3\nc = sqlite3.connect('x')\nasync def main():\n    c.execute('q')  # here\n"
    source = PythonSource(Sources({"app.py": program}))
    site = place(program, "# here", "main")
    (found,) = blocking_call_remedies(source, site, (), "sqlite3.Connection.execute")
    assert found.diff is None
    assert "thread that made its object" in found.title


def test_a_library_that_blocks_under_an_await_gets_no_thread() -> None:
    program = "import lib\nasync def main():\n    await lib.fetch()\n"
    source = PythonSource(Sources({"app.py": program}))
    (found,) = blocking_call_remedies(source, Site("app.py", 3, 1, "main"), (), "lib.fetch")
    assert (found.safety, found.diff) == (Safety.SKETCH, None)
    assert "`lib.fetch` says async and blocks beneath" in found.title


def test_trio_and_list_comprehension_frames() -> None:
    program = "import trio, time\nasync def main(xs):\n    return [time.sleep(x) for x in xs]\n"
    stack = (Site("app.py", 3, 13, "main.<locals>.<listcomp>", 26), Site("app.py", 3, 12, "main", 45))
    source = PythonSource(Sources({"app.py": program}))
    first, second = blocking_call_remedies(source, stack[0], stack, "time.sleep", SLEEP)
    assert "[await trio.sleep(x) for x in xs]" in after(program, first)
    assert "[await trio.to_thread.run_sync(time.sleep, x) for x in xs]" in after(program, second)


def test_computing() -> None:
    crunch = "import asyncio\ndef crunch(n):\n    return sum(range(n))\n"
    program = f"{crunch}async def main():\n    x = crunch(9)  # here\n"
    source = PythonSource(Sources({"app.py": program}))
    stack = (Site("app.py", 3, 1, "crunch"), Site("app.py", 5, 1, "main"))
    first, second = cpu_on_loop_remedies(source, stack[0], stack)
    assert "`await loop.run_in_executor(process_pool, crunch, 9)`" in first.title
    assert first.safety is Safety.SKETCH
    assert "    x = await asyncio.to_thread(crunch, 9)  # here\n" in after(program, second)
    inline = "async def main():\n    for i in range(9):\n        x = i * i\n"
    (found,) = cpu_on_loop_remedies(
        PythonSource(Sources({"app.py": inline})), Site("app.py", 3, 1, "main"), ()
    )
    assert "into a function" in found.title
    native = "import hashlib\nasync def main(b):\n    return hashlib.sha256(b, usedforsecurity=False)\n"
    source = PythonSource(Sources({"app.py": native}))
    first, second = cpu_on_loop_remedies(source, Site("app.py", 3, 1, "main"), (), "hashlib.sha256")
    assert "functools.partial(hashlib.sha256, b, usedforsecurity=False)" in first.title
    assert "await asyncio.to_thread(hashlib.sha256, b, usedforsecurity=False)" in after(native, second)


def test_of_unknown_files_there_are_words_only() -> None:
    source = PythonSource(Sources(read_disk=False))
    site = Site("gone.py", 3, 1, "main")
    found = [
        *blocking_call_remedies(source, site, (), "time.sleep"),
        *blocking_call_remedies(source, site, (site,), "time.sleep", SLEEP),
        *cpu_on_loop_remedies(source, site, ()),
    ]
    assert [(one.safety, one.diff) for one in found] == [(Safety.SKETCH, None)] * 3


def test_the_mended_program_runs(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """\
        import time


        class Box:
            def __init__(self):
                self.out = []

            def work(self, n):
                self.rest(n)
                self.out.append(n)
                return n

            def rest(self, n):
                time.sleep(n / 100)


        async def one(box, n):
            return box.work(n)  # here


        async def main():
            box = Box()
            import asyncio
            print(sum(await asyncio.gather(*(one(box, n) for n in range(3)))), sorted(box.out))


        if __name__ == "__main__":
            import asyncio
            asyncio.run(main())
        """
    )
    found = remedies(program, ("time.sleep", "Box.rest"), ("self.rest(n)", "Box.work"), ("# here", "one"))
    assert [remedy.diff is not None for remedy in found] == [True, True]
    for number, text in enumerate([program, *(after(program, remedy) for remedy in found)]):
        file = tmp_path / f"p{number}.py"
        file.write_text(text)
        env = {**os.environ, "PYTHONPATH": ""}
        ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, env=env)
        assert (ran.returncode, ran.stdout) == (0, "3 [0, 1, 2]\n"), ran.stderr
