"""Diffs of any text lead back to it, and no draft that would not compile is shown."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncwhy.fix.edits import Draft, apply_diff, diff_of
from asyncwhy.source.python_module import Module

LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "-- c\n", "++ d\n", "\x0c\x85\n", "e\r\n", "", "--- x\n", "last"])
)


@given(LINES, LINES)
def test_a_diff_applied_gives_the_text_after(before: list[str], after: list[str]) -> None:
    one, other = "".join(before), "".join(after)
    diff = diff_of("x.py", one, other)
    if one == other:
        assert not diff
    else:
        assert apply_diff(diff, {"x.py": one}) == {"x.py": other}


def test_a_diff_fits_only_its_own_text() -> None:
    diff = diff_of("x.py", "a\nb\n", "a\nc\n")
    assert apply_diff(diff, {"x.py": "a\nz\n"}) is None
    assert apply_diff(diff, {"y.py": "a\nb\n"}) is None


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not on this machine")
def test_patch_takes_our_diffs(tmp_path: Path) -> None:
    before, after = "a\nb\nc\nno end", "a\nB\nc\nno end either"
    (tmp_path / "x.py").write_text(before)
    subprocess.run(
        ["patch", "-p0"], cwd=tmp_path, input=diff_of("x.py", before, after), text=True, check=True
    )
    assert (tmp_path / "x.py").read_text() == after


def test_drafts() -> None:
    text = "\ufeffx = 'ä', f(1)\r\ny = 2\r\n"
    module = Module("x.py", text, tuple(text.removeprefix("\ufeff").split("\r\n")))
    (call,) = module.calls
    draft = Draft(module)
    assert draft.written(call) == "f(1)"
    assert draft.diff() is None
    draft.insert(draft.start(call), "await ")
    assert draft.diff() is None
    draft = Draft(module)
    draft.replace(draft.start(call), draft.end(call), "g(2)")
    assert draft.after() == text.replace("f(1)", "g(2)")
    draft.replace(draft.start(call) + 1, draft.end(call), "")
    assert draft.after() is None
