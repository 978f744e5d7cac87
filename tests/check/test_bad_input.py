"""What cannot be read is named and counted, and the rest is still checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncwhy.check.checking import check
from asyncwhy.check.indexing import summary_of
from asyncwhy.check.settings import Settings

SICK = "import time\nasync def f():\n    time.sleep(1)\n"
BAD = {
    "syntax": b"def f(:\n",
    "nul": b"x = 1\0\n",
    "bytes": b"\xff\xfe\x00x",
    "encoding": b"# -*- coding: klingon -*-\nx = 1\n",
    "nested": b"x = " + b"(" * 5000 + b")" * 5000,
    "chained": b"x = " + b"-" * 100_000 + b"1",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_bad_file_beside_a_good_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.py").write_bytes(data)
    (tmp_path / "good.py").write_text(SICK)
    found = check([str(tmp_path)], Settings(), cached=False)
    assert [(Path(one.file).name, bool(one.reason)) for one in found.unread] == [("bad.py", True)]
    assert len(found.findings) == 1


def test_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# -*- coding: latin-1 -*-\nname = '\xe9'\n" + SICK.encode())
    (tmp_path / "b.py").write_bytes(b"\xef\xbb\xbf" + SICK.encode())
    assert len(check([str(tmp_path)], Settings(), cached=False).findings) == 2


def test_columns_count_characters(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('import time\nasync def f():\n    "é"; time.sleep(1)\n', encoding="utf-8")
    (finding,) = check([str(tmp_path)], Settings(), cached=False).findings
    assert (finding.site.column, finding.site.end_column) == (10, 23)


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SICK)
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "nowhere.py").symlink_to(tmp_path / "missing")
    assert len(check([str(tmp_path)], Settings(), cached=False).findings) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SICK)
    (tmp_path / "b.py").write_text(SICK)
    (tmp_path / "b.py").chmod(0)
    found = check([str(tmp_path)], Settings(), cached=False)
    assert (len(found.findings), len(found.unread)) == (1, 1)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes(data: bytes) -> None:
    _, _, summary, _, reason = summary_of("x.py", data)
    assert (summary is None) == bool(reason)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "asyncwhy", "check", "--no-cache", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_exit_codes_and_formats(tmp_path: Path) -> None:
    sick, well = tmp_path / "sick.py", tmp_path / "well.py"
    sick.write_text(SICK)
    well.write_text("x = 1\n")
    done = run("--format", "concise", str(sick))
    assert done.returncode == 1
    assert done.stdout == (
        f"{sick}:3:5: blocking-call `time.sleep` stops the event loop, sleeps, in `f`, which the loop runs\n"
    )
    document = json.loads(run("--format", "json", str(sick)).stdout)
    schema = json.loads(resources.files("asyncwhy.render").joinpath("report.schema.json").read_text())
    jsonschema.validate(document, {"$ref": "#/$defs/Checked", "$defs": schema["$defs"]})
    assert run(str(well)).returncode == 0
    assert run("--fail-on", "task-lost", str(sick)).returncode == 0
    assert run(str(tmp_path / "none.py")).returncode == 2
    assert run("--weight", "9", str(sick)).returncode == 2


def test_a_baseline(tmp_path: Path) -> None:
    sick, kept = tmp_path / "sick.py", str(tmp_path / "known.json")
    sick.write_text(SICK)
    assert run("--baseline", kept, "--write-baseline", str(sick)).returncode == 0
    assert run("--baseline", kept, str(sick)).returncode == 0
    sick.write_text("\n" + SICK + "    time.sleep(2)\n")
    assert run("--baseline", kept, str(sick)).returncode == 1
