"""What is resolved: each case is a small project, and the calls that are said to stop the loop."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from asyncwhy.check.checking import check
from asyncwhy.check.settings import Settings
from asyncwhy.model import Checked


def checked(tmp_path: Path, files: dict[str, str] | str, **settings: object) -> Checked:
    if isinstance(files, str):
        files = {"app.py": files}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return check([str(tmp_path)], Settings(**settings), cached=False)  # type: ignore[arg-type]


def calls(tmp_path: Path, files: dict[str, str] | str, **settings: object) -> set[str]:
    return {finding.call for finding in checked(tmp_path, files, **settings).findings}


FOUND = {
    "direct": ("time.sleep", "import time\nasync def f():\n    time.sleep(1)\n"),
    "alias": ("time.sleep", "from time import sleep as zz\nasync def f():\n    zz(1)\n"),
    "helper": ("time.sleep", "import time\ndef h():\n    time.sleep(1)\nasync def f():\n    h()\n"),
    "method": (
        "time.sleep",
        "import time\nclass A:\n    def h(self):\n        time.sleep(1)\n    async def f(self):\n        self.h()\n",
    ),
    "super": (
        "time.sleep",
        "import time\nclass A:\n    def h(self):\n        time.sleep(1)\n"
        "class B(A):\n    async def f(self):\n        super().h()\n",
    ),
    "attribute": (
        "pathlib.Path.read_text",
        "from pathlib import Path\nclass A:\n    def __init__(self):\n        self.p = Path('x') / 'y'\n"
        "    async def f(self):\n        return self.p.read_text()\n",
    ),
    "annotation": (
        "pathlib.Path.read_text",
        "from pathlib import Path\nasync def f(p: 'Path | None'):\n    return p.read_text()\n",
    ),
    "optional list": (
        "pathlib.Path.read_text",
        "from pathlib import Path\nfrom typing import Optional, List\n"
        "async def f(ps: Optional[List[Path]]):\n    for p in ps:\n        p.read_text()\n",
    ),
    "property": (
        "time.sleep",
        "import time\nclass A:\n    @property\n    def h(self):\n        time.sleep(1)\n"
        "    async def f(self):\n        return self.h\n",
    ),
    "constructor": (
        "time.sleep",
        "import time\nclass A:\n    def __init__(self):\n        time.sleep(1)\nasync def f():\n    return A()\n",
    ),
    "context manager": (
        "time.sleep",
        "import time\nfrom contextlib import contextmanager\n@contextmanager\ndef h():\n    time.sleep(1)\n    yield\n"
        "async def f():\n    with h():\n        pass\n",
    ),
    "generator": (
        "time.sleep",
        "import time\ndef h():\n    time.sleep(1)\n    yield 1\nasync def f():\n    for x in h():\n        pass\n",
    ),
    "lambda": (
        "time.sleep",
        "import time\ndef call(g):\n    return g()\nasync def f():\n    call(lambda: time.sleep(1))\n",
    ),
    "partial": (
        "time.sleep",
        "import time, functools\ndef h(n):\n    time.sleep(n)\n"
        "async def f():\n    g = functools.partial(h, 1)\n    g()\n",
    ),
    "decorator": (
        "time.sleep",
        "import time, functools\ndef d(fn):\n    @functools.wraps(fn)\n    def w(*a):\n        return fn(*a)\n    return w\n"
        "@d\ndef h():\n    time.sleep(1)\nasync def f():\n    h()\n",
    ),
    "argument": (
        "pathlib.Path.read_text",
        "from pathlib import Path\ndef h(p):\n    return p.read_text()\nasync def f():\n    h(Path('x'))\n",
    ),
    "call_soon": (
        "time.sleep",
        "import asyncio, time\ndef h():\n    time.sleep(1)\nasync def f():\n    asyncio.get_running_loop().call_soon(h)\n",
    ),
    "protocol": (
        "time.sleep",
        "import asyncio, time\nclass P(asyncio.Protocol):\n    def data_received(self, data):\n        time.sleep(1)\n",
    ),
    "not installed": (
        "requests.Session.get",
        "import requests\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\n"
        "    async def f(self):\n        self.s.get('x')\n",
    ),
    "subclass of one not installed": (
        "requests.Session.get",
        "import requests\nclass S(requests.Session):\n    pass\nasync def f(s: S):\n    s.get('x')\n",
    ),
}
SILENT = {
    "to_thread": "import asyncio, time\nasync def f():\n    await asyncio.to_thread(time.sleep, 1)\n",
    "executor": "import asyncio, time\ndef h():\n    time.sleep(1)\n"
    "async def f():\n    await asyncio.get_running_loop().run_in_executor(None, h)\n",
    "thread": "import threading, time\ndef h():\n    time.sleep(1)\nasync def f():\n    threading.Thread(target=h).start()\n",
    "offloading decorator": "import asyncio, time, functools\ndef d(fn):\n    @functools.wraps(fn)\n"
    "    async def w(*a):\n        return await asyncio.to_thread(fn, *a)\n    return w\n"
    "@d\ndef h():\n    time.sleep(1)\nasync def f():\n    await h()\n",
    "sync_to_async": "from asgiref.sync import sync_to_async\nimport time\n@sync_to_async\ndef h():\n    time.sleep(1)\n"
    "async def f():\n    await h()\n",
    "endpoint": "import time\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef h():\n    time.sleep(1)\n",
    "no loop": "import asyncio, time\ndef h():\n    try:\n        asyncio.get_running_loop()\n"
    "    except RuntimeError:\n        time.sleep(1)\nasync def f():\n    h()\n",
    "in memory": "import io\nasync def f():\n    b = io.BytesIO()\n    b.write(b'x')\n    return b.read()\n",
    "not waiting": "import queue\nq = queue.Queue()\nasync def f():\n    return q.get(block=False)\n",
    "awaited": "import time\nclass C:\n    def get(self):\n        time.sleep(1)\nasync def f(c: C):\n    await c.get()\n",
    "unknown": "async def f(x):\n    x.read_text()\n    x.get('y')\n",
    "streamed generator": "import time\ndef h():\n    yield time.sleep(1)\nasync def f():\n    return Response(h())\n",
}


@pytest.mark.parametrize(("call", "text"), FOUND.values(), ids=FOUND)
def test_it_is_found(tmp_path: Path, call: str, text: str) -> None:
    assert calls(tmp_path, text) == {call}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_it_is_silent(tmp_path: Path, text: str) -> None:
    assert calls(tmp_path, text) == set()


def test_across_modules_and_re_exports(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "from .inner import *\nfrom .other import Client as Renamed\n",
        "pkg/inner.py": "import time\ndef wait():\n    time.sleep(1)\n",
        "pkg/other.py": "import requests\nclass Client:\n    def get(self):\n        return requests.get('x')\n",
        "main.py": "import pkg\nfrom pkg import Renamed\nasync def f():\n    pkg.wait()\n    Renamed().get()\n",
    }
    assert calls(tmp_path, files) == {"time.sleep", "requests.get"}


def test_imports_in_a_circle(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import h\nimport time\ndef g():\n    time.sleep(1)\nasync def f():\n    h()\n",
        "b.py": "import a\nfrom a import *\ndef h():\n    a.g()\n",
    }
    assert calls(tmp_path, files) == {"time.sleep"}


def test_one_finding_with_its_entry_points_and_the_shortest_path(tmp_path: Path) -> None:
    text = """
    import time
    def deep():
        time.sleep(1)
    def between():
        deep()
    async def far():
        between()
    async def near():
        deep()
    """
    (finding,) = checked(tmp_path, text).findings
    assert finding.count == 2
    assert [site.line for site in finding.stack] == [4, 10]
    assert [part.role for part in finding.related] == ["called from", "also reached from"]


def test_inside_an_installed_package(tmp_path: Path) -> None:
    files = {
        "site-packages/sdk/__init__.py": "from sdk.client import Client\n",
        "site-packages/sdk/client.py": "import time\nclass Client:\n    def ask(self):\n        self._ask()\n"
        "    def _ask(self):\n        time.sleep(1)\n",
        "app.py": "from sdk import Client\nasync def f():\n    Client().ask()\n",
    }
    found = checked(tmp_path, files)
    (finding,) = found.findings
    assert (finding.inside_library, finding.site.line, len(finding.stack)) == ("sdk", 3, 3)
    assert found.files == 1


def test_ones_own_blocking_calls(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.asyncwhy.blocking]\n"company.db.fetch" = "company.db.afetch"\n'
    )
    from asyncwhy.check.settings import load

    (tmp_path / "app.py").write_text("from company import db\nasync def f():\n    db.fetch()\n")
    (finding,) = check([str(tmp_path / "app.py")], load(str(tmp_path)), cached=False).findings
    assert finding.call == "company.db.fetch"
    assert "company.db.afetch" in finding.remedies[0].title


def test_comments(tmp_path: Path) -> None:
    text = """
    import time
    async def f():
        time.sleep(1)  # asyncwhy: ignore[blocking-call] the device needs it
        x = 1  # asyncwhy: ignore
    """
    found = checked(tmp_path, text)
    assert (found.findings, found.suppressed, [site.line for site in found.unused]) == ((), 1, [5])


MISUSED = {
    "tested": (
        "never-awaited",
        "import asyncio, os\nasync def f(x):\n    if asyncio.to_thread(os.path.isdir, x):\n        return 1\n",
    ),
    "called at once": (
        "ran-inline",
        "import asyncio\ndef h():\n    return 1\nasync def f():\n    await asyncio.to_thread(h())\n",
    ),
    "a loop in a loop": (
        "second-loop",
        "import asyncio\nasync def g():\n    pass\ndef h():\n    asyncio.run(g())\nasync def f():\n    h()\n",
    ),
}
USED = {
    "tasks of a group": "import asyncio\nasync def g():\n    pass\nasync def f():\n    async with asyncio.TaskGroup() as t:\n"
    "        t.create_task(g())\n",
    "a factory": "import asyncio\ndef h():\n    return lambda: 1\nasync def f():\n    await asyncio.to_thread(h())\n",
    "asks first": "import asyncio\nasync def g():\n    pass\ndef h():\n    try:\n        asyncio.get_running_loop()\n"
    "    except RuntimeError:\n        asyncio.run(g())\nasync def f():\n    h()\n",
}


@pytest.mark.parametrize(("cause", "text"), MISUSED.values(), ids=MISUSED)
def test_misuse(tmp_path: Path, cause: str, text: str) -> None:
    assert [finding.cause for finding in checked(tmp_path, text).findings] == [cause]


@pytest.mark.parametrize("text", USED.values(), ids=USED)
def test_right_use(tmp_path: Path, text: str) -> None:
    assert checked(tmp_path, text).findings == ()


def test_an_abstract_method_stands_for_its_overrides(tmp_path: Path) -> None:
    text = """
    import time
    from abc import ABC, abstractmethod
    class Base(ABC):
        @abstractmethod
        def ask(self): ...
    class Slow(Base):
        def ask(self):
            time.sleep(1)
    async def f(base: Base):
        base.ask()
    """
    assert calls(tmp_path, text) == {"time.sleep"}


def test_an_archive_in_memory(tmp_path: Path) -> None:
    text = """
    import io, zipfile
    async def f(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read("a")
    """
    assert calls(tmp_path, text) == set()


def test_a_file_of_any_kind_is_a_hint(tmp_path: Path) -> None:
    text = "from typing import TextIO\nasync def f(out: TextIO):\n    out.write('x')\n"
    assert calls(tmp_path, text) == set()
    assert len(checked(tmp_path, text, hints=True).findings) == 1


def test_a_decorator_with_two_wrappers(tmp_path: Path) -> None:
    text = """
    import functools, inspect
    def d(fn):
        @functools.wraps(fn)
        async def acall(*a):
            return await fn(*a)
        @functools.wraps(fn)
        def call(*a):
            return fn(*a)
        if inspect.iscoroutinefunction(fn):
            return acall
        return call
    @d
    def h():
        pass
    async def f():
        h()
    """
    assert calls(tmp_path, text) == set()


def test_a_wrapper_that_gives_coroutines_to_coroutines(tmp_path: Path) -> None:
    text = """
    import functools, time
    async def ah():
        pass
    def d(fn):
        @functools.wraps(fn)
        def w(*a):
            if running():
                return ah()
            return fn(*a)
        return w
    @d
    def h():
        time.sleep(1)
    async def f():
        await h()
    """
    assert calls(tmp_path, text) == set()
