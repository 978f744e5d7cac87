"""What derived classes of other packages are to write, and what a package knows of itself beyond the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.test_resolution import calls, checked

ABSTRACT = """
from abc import ABC, abstractmethod
class Reader(ABC):
    @abstractmethod
    def load(self): ...
    def lazy(self):
        raise NotImplementedError("not written yet")
    def all(self):
        return list(self.lazy())
    def on_end(self):
        pass
"""
FOUND = {
    "abstract": ("Reader.load", "    async def aload(self):\n        return self.load()\n"),
    "raises": ("Reader.lazy", "    async def async_lazy(self):\n        return self.lazy()\n"),
    "through its twin": ("Reader.lazy", "    async def aall(self):\n        return self.all()\n"),
}
SILENT = {
    "awaited": "    async def aload(self):\n        return await self.load()\n",
    "a hook": "    async def aon_end(self):\n        self.on_end()\n",
    "no twin": "    async def run(self):\n        return self.load()\n",
    "sent to a thread": "    async def aload(self):\n        import asyncio\n"
    "        return await asyncio.to_thread(self.load)\n",
    "gives something to await": "    @abstractmethod\n    def get(self) -> 'Awaitable[int]': ...\n"
    "    async def aget(self):\n        return self.get()\n",
}


@pytest.mark.parametrize(("call", "method"), FOUND.values(), ids=FOUND)
def test_a_twin_left_to_derived_classes(tmp_path: Path, call: str, method: str) -> None:
    (finding,) = checked(tmp_path, ABSTRACT + method).findings
    assert finding.call == call
    assert finding.stack[-1].function.startswith("Reader.a")


@pytest.mark.parametrize("method", SILENT.values(), ids=SILENT)
def test_no_twin(tmp_path: Path, method: str) -> None:
    assert calls(tmp_path, ABSTRACT + method) == set()


def test_what_the_catalogue_does_not_list_is_looked_up_in_the_package(tmp_path: Path) -> None:
    files = {
        "site-packages/slack_sdk/__init__.py": "from slack_sdk.web import WebClient\n",
        "site-packages/slack_sdk/web.py": "import time\nfrom slack_sdk.ways import Way\nclass WebClient:\n"
        "    def __init__(self):\n        self.way = Way()\n"
        "    def seldom_used(self):\n        return self.way.go()\n",
        "site-packages/slack_sdk/ways.py": "import urllib.request\nclass Way:\n    def go(self):\n"
        "        return urllib.request.urlopen('http://localhost')\n",
        "app.py": "from slack_sdk import WebClient\nasync def f():\n    client = WebClient()\n    client.seldom_used()\n",
    }
    (finding,) = checked(tmp_path, files).findings
    assert (finding.call, finding.inside_library, finding.site.line) == (
        "urllib.request.urlopen",
        "slack_sdk",
        4,
    )


def test_a_coroutine_of_a_package_that_the_catalogue_covers(tmp_path: Path) -> None:
    files = {
        "site-packages/slack_sdk/__init__.py": "import time\nclass AsyncClient:\n    async def ask(self):\n"
        "        time.sleep(1)\n",
        "app.py": "from slack_sdk import AsyncClient\nasync def f():\n    await AsyncClient().ask()\n",
    }
    assert calls(tmp_path, files) == set()


def test_what_one_branch_assigns_the_other_does_not_see(tmp_path: Path) -> None:
    text = """
    import time
    class Slow:
        def go(self):
            time.sleep(1)
    class Quick:
        def go(self):
            pass
    async def f(quick):
        one = Slow()
        if quick:
            one = Quick()
            one.go()
        else:
            one.go()
    async def g(quick):
        one = Slow()
        if quick:
            one = Quick()
        else:
            print(one)
        one.go()
    """
    (finding,) = checked(tmp_path, text).findings
    assert [site.line for site in finding.stack] == [5, 15]


@pytest.mark.parametrize(
    "handed", ["super().__init__(requests.Session())", "Base.__init__(self, session=requests.Session())"]
)
def test_what_a_constructor_hands_to_its_base(tmp_path: Path, handed: str) -> None:
    text = f"""
    import requests
    class Base:
        def __init__(self, session):
            self.session = session
        def ask(self):
            self.session.get("x")
    class Derived(Base):
        def __init__(self):
            {handed}
    async def f():
        Derived().ask()
    """
    assert calls(tmp_path, text) == {"requests.Session.get"}


@pytest.mark.parametrize("words", ["transport=mine", "verify=False"])
def test_a_client_that_reads_no_certificates(tmp_path: Path, words: str) -> None:
    text = f"import httpx\nasync def f(mine):\n    return httpx.AsyncClient({words})\n"
    assert calls(tmp_path, text) == set()
    assert calls(tmp_path, text.replace(words, "")) == {"httpx.AsyncClient"}


def test_a_cast_to_a_type_variable(tmp_path: Path) -> None:
    text = """
    import time
    from typing import TypeVar, cast
    T = TypeVar("T")
    class Slow:
        def go(self):
            time.sleep(1)
    def same(one):
        return cast(T, one)
    async def f():
        same(Slow()).go()
    """
    assert calls(tmp_path, text) == {"time.sleep"}
