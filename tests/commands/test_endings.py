"""A program that did not end by itself: the verdict says so first, and never that all is well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.test_bad_input import asyncwhy

DIES = """
import asyncio

async def load(number):
    await asyncio.sleep(0.02)
    if number == 3:
        raise KeyError("secret")

async def main():
    await asyncio.gather(*(load(number) for number in range(5)))
"""
IN_A_GROUP = """
import asyncio

async def load(number):
    await asyncio.sleep(0.02)
    raise KeyError("secret")

async def main():
    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(load(number))
"""
LEAVES = "import asyncio, sys\n\nasync def main():\n    await asyncio.sleep(0.02)\n    sys.exit(1)\n"
RUN = "\nasyncio.run(main())\n"


def report(tmp_path: Path, text: str) -> dict[str, object]:
    program, told = tmp_path / "app.py", tmp_path / "report.json"
    program.write_text(text + RUN, encoding="utf-8")
    done = asyncwhy(tmp_path, "run", "--format", "json", "--report", str(told), str(program))
    assert done.returncode == 1
    made: dict[str, object] = json.loads(told.read_text(encoding="utf-8"))
    return made


@pytest.mark.parametrize(
    ("text", "exception"),
    [(DIES, "KeyError at app.py:7"), (IN_A_GROUP, "KeyError (in an ExceptionGroup) at app.py:6")],
)
def test_an_exception_is_said_first(tmp_path: Path, text: str, exception: str) -> None:
    told = report(tmp_path, text)
    assert told["program"]["exception"] == exception  # type: ignore[index]
    assert str(told["reason"]).startswith(f"it ended with a {exception}; until then, ")
    assert "secret" not in json.dumps(told)


def test_an_exit_code_alone_is_no_exception(tmp_path: Path) -> None:
    told = report(tmp_path, LEAVES)
    assert told["program"]["exception"] is None  # type: ignore[index]
    assert not str(told["reason"]).startswith("it ended")
