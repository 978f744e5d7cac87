"""What was compared, as a table in Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from benchmarks.suites.comparing import Compared

README = Path(__file__).with_name("README.md")
HEAD = (
    "| suite | CPython | tests | pass alone | same, C recorder | same, pure Python | differ | named |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|"
)
_ABOVE = """# Other people's tests under the agent

What `python -m benchmarks.suites --write` last found. Each suite runs alone, with the C recorder and with the
pure-Python agent. A test that did not do the same is run again three times on both sides: it *differs* if the two have
nothing in common, or if alone it always does one thing and observed something else at least every second time. *Named*
are tests that assert on the very thing that is observed.
"""


def row(one: Compared) -> str:
    """One suite."""
    cells = (
        one.suite, one.version, one.tests, one.passed, one.same["native"], one.same["python"], len(one.differ),
        len(one.named),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def below(found: Sequence[Compared]) -> str:
    """The tests behind the numbers."""
    lists = (
        ("Differ", [f"`{one.suite}` {told}" for one in found for told in one.differ]),
        ("Named", [f"`{test}`: {reason}" for one in found for test, reason in one.named]),
        ("Notes", [f"`{one.suite}` {note}" for one in found for note in one.notes]),
    )
    return "\n".join(
        f"\n{title}:\n\n" + "\n".join(f"- {line}" for line in lines) for title, lines in lists if lines
    )


def write(found: Sequence[Compared]) -> None:
    """The file beside this one."""
    rows = "\n".join(row(one) for one in found)
    today = dt.datetime.now(tz=dt.UTC).date()
    README.write_text(f"{_ABOVE}\n{today}:\n\n{HEAD}\n{rows}\n{below(found)}\n", encoding="utf-8")
