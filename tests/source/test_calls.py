"""Which call stands where, and what it is called through imports, constructors and annotations."""

from __future__ import annotations

import dis
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncwhy.source import Call, PythonSource, Sources

SEEDS = Path("/work/shared/seeds")


def source(program: str) -> PythonSource:
    return PythonSource(Sources({"app.py": textwrap.dedent(program)}, read_disk=False))


def call(program: str, line: int, column: int | None = None, hint: str | None = None) -> Call:
    found = source(program).call_at("app.py", line, column, callee_hint=hint)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("program", "line", "qualified"),
    [
        ("import time\ntime.sleep(1)", 2, "time.sleep"),
        ("from time import sleep as zz\nzz(1)", 2, "time.sleep"),
        ("import time as t\nt.sleep(1)", 2, "time.sleep"),
        ("import os.path\nos.path.exists('x')", 2, "os.path.exists"),
        ("import urllib.request as r\nr.urlopen(u)", 2, "urllib.request.urlopen"),
        ("def f():\n    from time import sleep\n    sleep(1)", 3, "time.sleep"),
        ("from time import sleep\nrest = sleep\nrest(1)", 3, "time.sleep"),
        ("import functools, time\nnap = functools.partial(time.sleep, 1)\nnap()", 3, "time.sleep"),
        ("open('x')", 1, "builtins.open"),
        ("f = open('x')\nf.read()", 2, "io.TextIOWrapper.read"),
        ("def g(p):\n    with open(p) as f:\n        f.readlines()", 3, "io.TextIOWrapper.readlines"),
        ("from pathlib import Path\ndef g(p: Path):\n    p.unlink()", 3, "pathlib.Path.unlink"),
        ("from pathlib import Path\ndef g(p: 'Path | None'):\n    p.unlink()", 3, "pathlib.Path.unlink"),
        (
            "import typing as t, pathlib\ndef g(p: t.Optional[pathlib.Path]):\n    p.stat()",
            3,
            "pathlib.Path.stat",
        ),
        ("from pathlib import Path\nroot = Path('a') / 'b'\nroot.read_text()", 3, "pathlib.Path.read_text"),
        ("from socket import *\nmystery(1)", 2, "mystery"),
        ("def sleep(x): ...\nsleep(1)", 2, "sleep"),
        ("from time import sleep\ndef f(sleep):\n    sleep(1)", 3, "sleep"),
        ("import a\nimport b as a\na.f()", 3, "a.f"),
        ("import asyncio\nlane = asyncio.get_running_loop()\nlane.getaddrinfo('h', 1)", 3,
         "asyncio.AbstractEventLoop.getaddrinfo"),
    ],
)  # fmt: skip
def test_qualified_names(program: str, line: int, qualified: str) -> None:
    assert call(program, line).qualified == qualified


CLASS = """
import sqlite3
import requests
from pathlib import Path

class Base:
    def helper(self): ...

class Store(Base):
    timeout: Path

    def __init__(self, root: Path, other=None):
        self.conn = sqlite3.connect("x")
        self.http = requests.Session()
        self.root = root
        self.cursor = self.conn.cursor()
        self.odd = other or 3

    def work(self):
        self.conn.execute("q").fetchall()
        self.http.get("u")
        self.root.mkdir()
        self.cursor.execute("q")
        self.odd.thing()
        self.helper()
        self.timeout.stat()

    @property
    def place(self) -> Path: ...

def run():
    store = Store(Path())
    store.work()
    store.conn.commit()
    store.place.exists()
"""


@pytest.mark.parametrize(
    ("needle", "qualified"),
    [
        ('.execute("q").fetchall()', "sqlite3.Cursor.fetchall"),
        ("self.http.get", "requests.Session.get"),
        ("self.root.mkdir", "pathlib.Path.mkdir"),
        ("self.cursor.execute", "sqlite3.Cursor.execute"),
        ("self.odd.thing", "self.odd.thing"),
        ("self.helper", "Base.helper"),
        ("self.timeout.stat", "pathlib.Path.stat"),
        ("store.work()", "Store.work"),
        ("store.conn.commit()", "sqlite3.Connection.commit"),
        ("store.place.exists()", "pathlib.Path.exists"),
    ],
)
def test_what_hangs_on_self_is_known_by_its_constructor(needle: str, qualified: str) -> None:
    line = next(n for n, text in enumerate(CLASS.splitlines(), 1) if needle in text)
    assert call(CLASS, line).qualified == qualified


def test_a_chain_names_the_connection_too() -> None:
    line = next(n for n, text in enumerate(CLASS.splitlines(), 1) if "fetchall" in text)
    found = call(CLASS, line, hint="execute")
    assert (found.name, found.qualified) == ("self.conn.execute", "sqlite3.Connection.execute")


def test_columns_find_the_call_and_count_characters() -> None:
    program = "x = 'äöü', f(g(1), h(2))\n"
    everything = {name: program.index(f"{name}(") + 1 for name in "fgh"}
    for name, column in everything.items():
        assert call(program, 1, column).name == name
        in_bytes = len(program[: column - 1].encode()) + 1
        found = call(program, 1, in_bytes, hint=name)
        assert (found.name, found.column) == (name, column)


def test_without_a_column_the_hint_decides_else_the_outermost() -> None:
    program = "f(g(1), h(2))"
    assert call(program, 1).name == "f"
    assert call(program, 1, hint="h").name == "h"
    assert call(program, 1, hint="Some.thing.g").name == "g"
    assert call(program, 1, hint="unknown").name == "f"
    program = "with a(), Pool(b()): pass"
    assert call(program, 1, hint="lib.Pool.__exit__").name == "Pool"


def test_calls_over_several_lines() -> None:
    program = """\
    result = (client
              .session(1)
              .get(
                  make(2),
              ))
    """
    assert call(program, 2).name == "client.session"
    assert call(program, 3, hint="get").text == "client .session(1) .get( make(2), )"
    assert call(program, 4).name == "make"
    assert call(program, 5).text.endswith("make(2), )")
    found = source(program).call_at("app.py", 3, 16, 5, 16)
    assert found is not None
    assert found.extent.end_line == 5


def test_other_expressions_can_wait_too() -> None:
    found = source("x = self.prop + 1").call_at("app.py", 1, 5, 1, 14)
    assert found is not None
    assert (found.kind, found.name) == ("attribute", "self.prop")
    found = source("async def f():\n    await g(1)").call_at("app.py", 2, 5, 2, 15)
    assert found is not None
    assert (found.kind, found.text, found.awaited) == ("call", "g(1)", True)


def test_nothing_is_found_where_nothing_is() -> None:
    asked = source("x = 1\n")
    assert asked.call_at("app.py", 1) is None
    assert asked.call_at("app.py", 9) is None
    assert asked.call_at("nowhere.py", 1) is None
    assert asked.line("app.py", 0) is None
    assert asked.line("app.py", 1) == "x = 1"
    assert asked.definition("app.py", "f") is None
    assert asked.function_at("app.py", 1) is None


@pytest.mark.parametrize("text", ["def f(:\n", "x = '\x00'", "(" * 5000, "\ud800", "match x:\n  case ("])
def test_what_cannot_be_parsed_is_listed_and_answered_with_nothing(text: str) -> None:
    asked = PythonSource(Sources({"bad.py": text}))
    assert asked.call_at("bad.py", 1) is None
    assert asked.function_at("bad.py", 1) is None
    assert asked.awaits("bad.py", "f") == ()
    assert asked.unawaited_calls("bad.py", "f", "g") == ()
    assert not asked.independent("bad.py", ()).independent
    assert [file for file, _ in asked.unread()] == ["bad.py"]


def test_the_disk_is_asked_for_what_is_not_given(tmp_path: Path) -> None:
    latin = tmp_path / "latin.py"
    latin.write_bytes("# -*- coding: latin-1 -*-\nf('ä', g())\n".encode("latin-1"))
    mark = tmp_path / "mark.py"
    mark.write_bytes(b"\xef\xbb\xbff(1)\r\ng(2)\r\n")
    asked = PythonSource()
    found = asked.call_at(str(latin), 2, 8)
    assert found is not None
    assert found.name == "g"
    found = asked.call_at(str(mark), 2)
    assert found is not None
    assert found.text == "g(2)"
    assert PythonSource(Sources(read_disk=False)).call_at(str(mark), 1) is None


def test_functions() -> None:
    asked = source(
        '''
        import functools

        class Service:
            @functools.wraps(print)
            @app.route("/x", methods=["GET"])
            async def handle(
                self,
                user: "dict[str, int]",  # a: comment
                *rest,
            ) -> "x: y":
                """Docs: here."""
                def inner(): return await_me
                inner()
                async with self.lock:
                    ...

        def outer():
            async def nested():
                await x
            return (lambda: nested())
        '''
    )
    found = asked.function_at("app.py", 12)
    assert found is not None
    assert found.qualname == "Service.handle"
    assert found.decorators == ("functools.wraps", "app.route")
    assert (found.line, found.first_line, found.end_line) == (7, 5, 16)
    assert found.is_async
    assert found.suspends
    assert found.header.startswith("async def handle( self, user")
    assert found.header.endswith(":")
    assert asked.function_at("app.py", 5) == found
    inner = asked.function_at("app.py", 13)
    assert inner is not None
    assert (inner.qualname, inner.header) == ("Service.handle.<locals>.inner", "def inner():")
    assert asked.function_at("app.py", 13, name="handle") == found
    outer = asked.definition("app.py", "outer")
    assert outer is not None
    assert not outer.suspends
    nested = asked.definition("app.py", "nested")
    assert nested is not None
    assert nested.qualname == "outer.<locals>.nested"
    assert asked.definition("app.py", "outer.nested") == nested
    assert asked.definition("app.py", "missing") is None


def test_lost_coroutines() -> None:
    asked = source(
        """
        async def main():
            work(1)
            kept = work(2)
            print(kept)
            used = work(3)
            await used
            if work(4):
                pass
            asyncio.create_task(work(5))
            things = [work(6)]
            await work(7)
            x = work(8).result
            self.kept = work(9)
            handed = work(10)
            await asyncio.gather(handed, work(11))
            (w := work(12))
            return work(13)
        """
    )
    lost = asked.unawaited_calls("app.py", "main", "work")
    assert [one.text for one in lost] == ["work(1)", "work(2)", "work(4)", "work(8)", "work(12)"]
    assert asked.unawaited_calls("app.py", "main", "Service.work") == lost
    assert asked.unawaited_calls("app.py", "nobody", "work") == ()


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not on this machine")
def test_the_seed() -> None:
    file = str(SEEDS / "003_ex2.py")
    asked = PythonSource()
    found = asked.call_at(file, 6, 5, 6, 25)
    assert found is not None
    assert (found.text, found.qualified, found.column, found.end_column) == (
        "time.sleep(duration)",
        "time.sleep",
        5,
        25,
    )
    wrapper = asked.call_at(file, 12, callee_hint="slow_task_blocking")
    assert wrapper is not None
    assert wrapper.column == 13
    function = asked.function_at(file, 12)
    assert function is not None
    assert not function.suspends
    gathered = asked.call_at(file, 20)
    assert gathered is not None
    assert gathered.qualified == "asyncio.gather"


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    asked = PythonSource(Sources({"x.py": text}))
    for line in range(1, text.count("\n") + 3):
        asked.call_at("x.py", line)
        asked.call_at("x.py", line, 2, line, 4, "f")
        asked.function_at("x.py", line)
    asked.awaits("x.py", "f")


PIECES = ["f(1)", "é.g(x)", "(yield)", "h(f(2), *a)", "z.y.w(\n 1)", "[f(i) for i in 'äß']", "lambda: f()"]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5))
def test_the_positions_of_a_running_program_lead_back_to_its_calls(pieces: list[str]) -> None:
    """What `co_positions` says of a call is where `call_at` finds it (3.11 and later)."""
    text = "def top():\n" + "".join(f"    ø = {piece}\n" for piece in pieces)
    asked = PythonSource(Sources({"x.py": text}))
    code = compile(text, "x.py", "exec").co_consts[0]
    seen = 0
    for instruction in dis.get_instructions(code):
        where = instruction.positions
        if instruction.opname.startswith("CALL") and where is not None and where.col_offset is not None:
            if sys.version_info < (3, 13) and instruction.opname == "CALL_INTRINSIC_1":
                continue
            assert where.lineno is not None
            assert where.end_col_offset is not None
            found = asked.call_at(
                "x.py", where.lineno, where.col_offset + 1, where.end_lineno, where.end_col_offset + 1
            )
            assert found is not None
            seen += found.kind == "call"
    assert seen >= sum("(" in piece and not piece.startswith(("(y", "[", "lam")) for piece in pieces)
