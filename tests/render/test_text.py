"""Cleaning, widths, shortening and wrapping."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncwhy.render.measures import count, faster, seconds, times
from asyncwhy.render.text import cells, clean, cut, shorten, shorten_path, take, take_end, wrap

anything = st.text(st.characters(codec=None, categories=None), max_size=60)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\udc80", r"\udc80"),
        ("\x9b\x7f", r"\x9b\x7f"),
        ("日本 é 🦊", "日本 é 🦊"),
        ("a" + "\u0301" * 5, "a" + "\u0301" * 3 + r"\u0301\u0301"),
    ],
)
def test_clean_shows_what_it_does_not_pass_on(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


def test_clean_in_ascii_keeps_the_drawing_and_escapes_the_rest() -> None:
    assert clean("─│█░▓·✓✗ é 🦊 …", ascii=True) == r"-|#.=:+x \xe9 \U0001f98a ..."


@given(anything, st.booleans())
def test_clean_text_is_printable_and_stays_as_it_is(text: str, ascii: bool) -> None:  # noqa: A002
    once = clean(text, ascii)
    assert clean(once, ascii) == once
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in once)
    assert once.isascii() or not ascii
    once.encode("utf-8")  # no lone surrogate


@given(anything, st.integers(0, 30))
def test_nothing_is_wider_than_asked(text: str, width: int) -> None:
    text = clean(text)
    for short in (take(text, width), take_end(text, width), cut(text, width), shorten(text, width)):
        assert cells(short) <= width
    assert text.startswith(take(text, width))
    assert text.endswith(take_end(text, width))


@given(anything, st.integers(8, 40))
def test_wrapping_keeps_every_word_that_fits(text: str, width: int) -> None:
    text = clean(text)
    lines = wrap(text, width, most=1000)
    assert all(cells(line) <= width for line in lines)
    if all(cells(word) <= width for word in text.split()):
        assert " ".join(lines).split() == text.split()


def test_a_number_stays_with_its_unit() -> None:
    for width in range(12, 60):
        lines = wrap("it was stopped 2.00 s, then 12 ms and 3 % of 2 min 3 s in all", width)
        assert not any(re.search(r"\d$", line) for line in lines[:-1])


def test_wide_characters_count_twice_and_marks_not_at_all() -> None:
    assert (cells("日本"), cells("🦊"), cells("e\u0301"), cells("abc")) == (4, 2, 1, 3)


@pytest.mark.parametrize(
    ("path", "width", "shown"),
    [
        ("app.py", 10, "app.py"),
        ("/srv/shop/handlers/pay.py", 19, ".../handlers/pay.py"),
        ("/srv/shop/handlers/pay.py", 18, ".../pay.py"),
        ("C:\\shop\\handlers\\pay.py", 12, "...\\pay.py"),
        ("/srv/a_very_long_module_name.py", 15, "a_very...ame.py"),
    ],
)
def test_a_path_loses_its_first_folders_first(path: str, width: int, shown: str) -> None:
    assert shorten_path(path, width) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0 ms"),
        (0.00002, "0.02 ms"),
        (0.0002, "0.2 ms"),
        (0.00996, "10 ms"),
        (0.048, "48 ms"),
        (0.0996, "0.10 s"),
        (0.31, "0.31 s"),
        (6.01, "6.01 s"),
        (59.996, "1 min 0 s"),
        (123.2, "2 min 3 s"),
        (3599.6, "1 h 0 min"),
        (7320.0, "2 h 2 min"),
        (-0.31, "-0.31 s"),
        (float("nan"), "? s"),
        (float("inf"), "? s"),
    ],
)
def test_durations(value: float, shown: str) -> None:
    assert seconds(value) == shown


def test_counts_and_ratios() -> None:
    assert count(1, "thread") == "1 thread"
    assert count(2, "process", "processes") == "2 processes"
    assert count(1204, "event") == "1,204 events"
    assert (times(1), times(3)) == ("once", "3 times")
    assert faster(6.01, 3.01) == "2.0x faster"
    assert faster(60.0, 3.0) == "20x faster"
    assert faster(6.0, 5.9) is None
    assert faster(0.006, 0.002) is None
    assert faster(6.0, 0.0) is None
