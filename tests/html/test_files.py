"""`asyncwhy report` writes what it is asked for, where it is asked to, and says where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.html.pages import given

PROGRAM = """
import asyncio
import time

async def main():
    time.sleep(0.05)
    await asyncio.sleep(0.01)

asyncio.run(main())
"""


def asyncwhy(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asyncwhy", *words], cwd=folder, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "app.py").write_text(PROGRAM)
    done = asyncwhy(made, "run", "-o", "run.trace", "--format", "html", "--report", "ran.html", "app.py")
    assert done.returncode == 0, done.stderr
    return made


def test_run_writes_a_page(folder: Path) -> None:
    header, _ = given((folder / "ran.html").read_text())
    assert header["report"]["program"]["argv"] == ["app.py"]
    assert header["picture"]["groups"]
    assert [source["file"] for source in header["picture"]["sources"]] == [str(folder / "app.py")]


def test_a_page_is_a_file_even_where_none_is_named(folder: Path) -> None:
    done = asyncwhy(folder, "report", "--html", "run.trace")
    assert (done.stdout, done.stderr) == ("asyncwhy.html\n", "")
    assert given((folder / "asyncwhy.html").read_text())[0]["picture"]


def test_several_files_at_once(folder: Path) -> None:
    words = ["--html", "-o", "a.html", "--sarif", "a.sarif", "--perfetto", "a.pftrace"]
    done = asyncwhy(folder, "report", *words, "run.trace")
    assert sorted(done.stdout.split()) == ["a.html", "a.pftrace", "a.sarif"]
    assert json.loads((folder / "a.sarif").read_text())["version"] == "2.1.0"
    assert (folder / "a.pftrace").read_bytes()[:1] == b"\x0a"


def test_a_file_that_cannot_be_written_is_one_line(folder: Path) -> None:
    done = asyncwhy(folder, "report", "--html", "-o", "nowhere/a.html", "run.trace")
    assert done.returncode == 125
    assert done.stderr.count("\n") == 1
