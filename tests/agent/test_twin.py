"""A twin does what its original does, looks like it, and runs what was put beside its statements."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from _asyncwhy_agent.twin import Unsuitable, twin


def plain(a: int, b: int = 2, *rest: int, c: int = 3, **named: int) -> int:
    """Its docstring."""
    if a < 0:
        raise ValueError("negative")
    if a == 0:
        return 0
    total = sum((a, b, c, *rest))
    total += len(named)
    return total


def falls_off(log: list[str]) -> None:
    log.append("own")


def breaks_its_cycle(self: Any) -> None:
    try:
        self.append("own")
    finally:
        self = None


def has_inner() -> Callable[[], int]:
    def inner() -> int:
        return 1

    return inner


def twice(log: list[str]) -> None:
    log.append("one")
    log.append("two")


class Base:
    def __init__(self, size: int) -> None:
        self.size = size


class Derived(Base):
    def __init__(self, size: int) -> None:
        super().__init__(size + 1)
        self.twice = 2 * self.size


class Kind:
    @staticmethod
    def static() -> int:
        return 1

    def method(self) -> str:
        return type(self).__name__

    def odd(self) -> str:
        return """
not indented
"""


def test_it_does_the_same() -> None:
    made = twin(plain, {}, before="pass", after="pass")
    assert (made(1), made(1, 4, 5, c=6, d=7), made(0)) == (plain(1), plain(1, 4, 5, c=6, d=7), 0)
    with pytest.raises(ValueError, match="negative"):
        made(-1)


@pytest.mark.parametrize(
    "function", [plain, falls_off, breaks_its_cycle, has_inner, Kind.method, Derived.__init__]
)
def test_it_looks_the_same(function: Callable[..., Any]) -> None:
    made: Any = twin(function, {"seen": print}, before="x = 1", last="y = 2")
    original: Any = function
    assert inspect.signature(made) == inspect.signature(function)
    assert inspect.getsource(made) == inspect.getsource(function)
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__defaults__", "__kwdefaults__"):
        assert getattr(made, name) == getattr(function, name)
    for name in ("co_name", "co_filename", "co_firstlineno", "co_argcount", "co_qualname", "co_flags"):
        assert getattr(made.__code__, name) == getattr(original.__code__, name)


def test_a_traceback_shows_what_it_would_have_shown() -> None:
    def told(function: Callable[..., Any]) -> str:
        with pytest.raises(ValueError, match="negative") as raised:
            function(-1)
        return "".join(traceback.format_tb(raised.tb)[1:])

    made = twin(plain, {}, before="a = a", after="b = b", last="c = c")
    assert told(made) == told(plain) != ""


def test_super_finds_its_class() -> None:
    seen: list[Any] = []
    made = twin(Derived.__init__, {"seen": seen.append}, after="seen(self)")
    derived = Derived.__new__(Derived)
    made(derived, 3)
    assert (derived.size, derived.twice, seen) == (4, 8, [derived])


def test_before_and_after() -> None:
    seen: list[str] = []
    made = twin(plain, {"seen": seen.append}, before="seen('before')", after="seen('after')")
    made(0)
    made(5)
    assert seen == ["before", "after"] * 2
    with pytest.raises(ValueError, match="negative"):
        made(-1)
    assert seen[-1] == "before"


def test_last_runs_however_it_is_left() -> None:
    seen: list[str] = []
    made = twin(plain, {"seen": seen.append}, last="seen('last')")
    made(0)
    with pytest.raises(ValueError, match="negative"):
        made(-1)
    assert seen == ["last"] * 2


def test_after_a_body_that_falls_off_its_end() -> None:
    log: list[str] = []
    twin(falls_off, {}, after="log.append('after')")(log)
    assert log == ["own", "after"]


def test_what_is_returned_can_be_looked_at() -> None:
    seen: list[int] = []
    made = twin(plain, {"seen": seen.append}, on_return="(seen(__aw_value), __aw_value)[1]")
    assert [made(0), made(1)] == [0, 6] == seen


def test_a_function_inside_returns_for_itself() -> None:
    seen: list[int] = []
    made = twin(has_inner, {"seen": seen.append}, after="seen(1)")
    assert made()() == 1
    assert seen == [1]


def test_beside_a_call() -> None:
    log: list[str] = []
    made = twin(falls_off, {}, beside=(("log.append", "log.insert(0, 'ahead')", "log.insert(2, 'behind')"),))
    made(log)
    assert log == ["ahead", "own", "behind"]


def test_beside_also_when_it_raises() -> None:
    log: list[str] = []
    made = twin(falls_off, {"log2": log}, beside=(("log.append", "", "log2.append('always')", "always"),))
    with pytest.raises(AttributeError):
        made(None)
    assert log == ["always"]


def closes_over() -> Callable[[], int]:
    number = 1

    def closure() -> int:
        return number

    return closure


compiled: dict[str, Any] = {}
exec("def sourceless():\n    return 1\n", compiled)


def test_what_stands_instead_may_hold_the_statement_itself() -> None:
    made = twin(
        falls_off, {"aside": []}, instead=("log.append", "if log: log.append('known')\nelse: aside.append(1)")
    )
    log: list[Any] = []
    made(log)
    assert log == []
    log.append("first")
    made(log)
    assert log == ["first", "known"]


@pytest.mark.parametrize(
    ("function", "snippets"),
    [
        (closes_over(), {}),
        (compiled["sourceless"], {}),
        (Kind.odd, {}),
        (len, {}),
        (sys.getsizeof, {}),
        (lambda: 1, {}),
        (falls_off, {"beside": (("no.such.call", "", ""),)}),
        (twice, {"beside": (("log.append", "", ""),)}),
    ],
    ids=[
        "closure",
        "no source",
        "text in the first column",
        "builtin",
        "another builtin",
        "lambda",
        "not there",
        "there twice",
    ],
)
def test_what_cannot_be_copied_stays(function: Any, snippets: dict[str, Any]) -> None:
    with pytest.raises(Unsuitable):
        twin(function, {}, **snippets)


def test_a_source_that_has_changed_since(tmp_path: Any) -> None:
    path = tmp_path / "library.py"
    path.write_text("def library():\n    return 1\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    path.write_text("# now something else\nVALUE = 1\n")
    with pytest.raises(Unsuitable):
        twin(names["library"], {})
    path.unlink()
    with pytest.raises(Unsuitable):
        twin(names["library"], {})
