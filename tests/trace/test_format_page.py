"""The page about the format has every kind of chunk and every table."""

from __future__ import annotations

import re
from pathlib import Path

from asyncwhy.trace import schema

PAGE = Path(__file__).parent.parent.parent / "docs" / "trace-format.md"


def test_every_table_is_there_and_the_reverse() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert {int(kind): name for kind, name in rows} == {
        kind: name for kind, (name, _) in schema.TABLES.items()
    }


def test_every_kind_of_chunk_is_there() -> None:
    kinds = [
        value for name, value in vars(schema).items() if name.isupper() and type(value) is int and value < 100
    ]
    rows = re.findall(r"^\| (\d) \| ", PAGE.read_text(), re.MULTILINE)
    assert {int(row) for row in rows} >= set(range(1, schema.END + 1))
    assert set(range(1, schema.END + 1)) <= set(kinds)
