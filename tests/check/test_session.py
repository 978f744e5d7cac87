"""A session after any edits says what a new one says of the same texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncwhy.check.session import Session
from asyncwhy.check.settings import Settings
from asyncwhy.model import Finding

#: Variants of three files that import each other, in a circle too; indices, bases, values and signatures move.
VARIANTS = {
    "low.py": (
        "import time\ndef f():\n    time.sleep(1)\nclass A:\n    def go(self):\n        f()\n",
        "import time\n\n\ndef g():\n    pass\ndef f():\n    time.sleep(1)\nclass A:\n    def go(self):\n        g()\n",
        "from top import make as f\nclass A:\n    def go(self):\n        f().go()\n",
        "def f():\n    pass\nclass A:\n    @property\n    def go(self):\n        open('x').read()\n",
        "def f(:\n",
        "import abc\ndef f(): pass\nclass A:\n    @abc.abstractmethod\n    def go(self): ...\n",
    ),
    "middle.py": (
        "from low import *\nclass B(A):\n    pass\n",
        "import low\nimport time\nclass B(low.A):\n    def go(self):\n        time.sleep(2)\n",
        "from low import A, f\nclass B:\n    def __init__(self):\n        self.a = A()\n    def go(self):\n        self.a.go()\n",
        "from low import f\ndef B():\n    return f\n",
        "from low import A as B\n",
    ),
    "top.py": (
        "from middle import B\ndef make():\n    return B()\nasync def main():\n    make().go()\n",
        "from middle import B\ndef make(what=None):\n    return what\nasync def main():\n    make(B()).go()\n",
        "from low import f, A\ndef make():\n    x = A()\n    return x\nasync def main():\n    f()\n    make().go\n",
        "import middle, low\ndef call(what):\n    what()\ndef make(): pass\nasync def main():\n    call(low.f)\n",
        "from low import A\nfrom middle import B\ndef make(): return B()\nasync def main(a: A):\n    a.go()\n",
    ),
}

edits = st.lists(
    st.sampled_from([(name, text) for name, texts in VARIANTS.items() for text in texts]), max_size=12
)


def said(session: Session) -> list[Finding]:
    return list(session.answer().findings)


@given(edits)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_edits_in_any_order(tmp_path: Path, order: list[tuple[str, str]]) -> None:
    for name, texts in VARIANTS.items():
        (tmp_path / name).write_text(texts[0])
    session = Session(str(tmp_path), Settings(), cached=False)
    session.answer()
    for name, text in order:
        session.edit(str(tmp_path / name), text.encode())
        found = said(session)
        fresh = Session(str(tmp_path), Settings(), cached=False)
        for path, data in session.texts.items():
            if path not in session.broken:
                fresh.edit(path, data)
        if not session.broken:
            assert found == said(fresh)


def test_only_the_edited_file_is_summarised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, texts in VARIANTS.items():
        (tmp_path / name).write_text(texts[0])
    session = Session(str(tmp_path), Settings(), cached=False)
    session.answer()
    read: list[str] = []
    from asyncwhy.check import session as module

    real = module.summary_of
    monkeypatch.setattr(module, "summary_of", lambda path, data: read.append(path) or real(path, data))
    top = str(tmp_path / "top.py")
    session.edit(top, VARIANTS["top.py"][0].encode() + b"\n# more\n")
    session.answer()
    assert read == [top]


def test_a_comment_alone_asks_no_other_file(tmp_path: Path) -> None:
    for name, texts in VARIANTS.items():
        (tmp_path / name).write_text(texts[0])
    session = Session(str(tmp_path), Settings(), cached=False)
    before = said(session)
    kept = dict(session.said)
    session.edit(str(tmp_path / "low.py"), b"# one\n# two\n" + VARIANTS["low.py"][0].encode())
    after = said(session)
    assert [one.site.line for one in after] == [one.site.line + 2 for one in before]
    same = {Path(path).name for path, one in session.said.items() if kept[path] is one}
    assert same == {"middle.py", "top.py"}


def test_a_file_that_was_never_saved(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from b import h\nasync def f():\n    h()\n")
    session = Session(str(tmp_path), Settings(), cached=False)
    assert said(session) == []
    session.edit(str(tmp_path / "b.py"), b"import time\ndef h():\n    time.sleep(1)\n")
    assert not session.has(str(tmp_path / "b.py"))
    session.look()
    assert [Path(one.site.file).name for one in said(session)] == ["b.py"]
    session.edit(str(tmp_path / "b.py"), None)
    session.look()
    assert said(session) == []


def test_a_baseline_as_check_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import time\nasync def f():\n    time.sleep(1)\n")
    file = tmp_path / "known.json"
    file.write_text(
        '{"schema": "asyncwhy.baseline/1", "known": [["blocking-call", "a.py", "f", "time.sleep"]]}'
    )
    session = Session(str(tmp_path), Settings(baseline=str(file)), cached=False)
    assert said(session) == []
    file.write_text("nonsense")
    assert len(said(session)) == 1
    assert "no baseline" in session.complaint


def test_texts_that_are_let_go_of(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import time\nasync def f():\n    time.sleep(1)\n")
    session = Session(str(tmp_path), Settings(), cached=False)
    path = str(tmp_path / "a.py")
    assert len(said(session)) == 1
    session.edit(path, b"x = 1\n")
    assert said(session) == []
    session.edit(path, None)
    assert len(said(session)) == 1
