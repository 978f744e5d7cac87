"""Bundled and minified TypeScript is told at the lines that a person wrote."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from asyncwhy.probes.source_maps import Original, map_of
from tests.observing import observe_node

MAPPED = Path(__file__).parent / "mapped"
WRITTEN = MAPPED / "src" / "app.ts"
BUNDLED = MAPPED / "out" / "app.mjs"


def line_of(text: str) -> int:
    (line,) = (n for n, one in enumerate(WRITTEN.read_text().split("\n"), 1) if text in one)
    return line


def test_every_await_of_a_bundle_is_found_where_it_was_written() -> None:
    made = map_of(str(BUNDLED))
    assert made
    (text,) = (line for line in BUNDLED.read_text().split("\n") if "await" in line)
    place = made.original(1, text.index("await t(1)") + 1)
    assert place
    assert (place.file, place.line) == (str(WRITTEN), line_of("await loadUser(1)"))


@pytest.mark.slow
def test_a_finding_is_told_at_the_line_that_was_written(tmp_path: Path) -> None:
    (found,) = observe_node(BUNDLED, tmp_path).report["findings"]
    assert found["cause"] == "sequential-awaits"
    assert found["site"]["file"] == str(WRITTEN)
    assert found["site"]["line"] in {line_of("await loadUser(1)"), line_of("await loadOffers()")}


def program(folder: Path, link: str) -> str:
    path = folder / "program.js"
    path.write_text(f"run();\n//# sourceMappingURL={link}\n")
    return str(path)


def test_a_map_inside_of_the_program(tmp_path: Path) -> None:
    told = {"version": 3, "sources": ["webpack://shop/./a.ts"], "names": ["run"], "mappings": "AAEEA"}
    data = base64.b64encode(json.dumps(told).encode()).decode()
    made = map_of(program(tmp_path, f"data:application/json;base64,{data}"))
    assert made
    assert made.original(1, 1) == Original(str(tmp_path / "a.ts"), 3, 3, "run")
    assert made.original(2, 1) is None


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{",
        "[]",
        '{"sources": 1}',
        '{"sources": [], "mappings": "!"}',
        '{"sources": ["a"], "mappings": "A"}',
    ],
)
def test_a_map_that_makes_no_sense_is_none(told: str, tmp_path: Path) -> None:
    (tmp_path / "program.js.map").write_text(told)
    made = map_of(program(tmp_path, "program.js.map"))
    assert made is None or made.original(1, 1) is None


def test_a_file_without_one() -> None:
    assert map_of("/no/such/file.js") is None
    assert map_of("node:fs") is None
