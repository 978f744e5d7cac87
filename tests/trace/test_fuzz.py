"""A short stretch of `python -m benchmarks.fuzz`: damaged traces and streams are read, or refused by one clear error."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncwhy.errors import TraceCorrupt
from asyncwhy.trace import schema
from asyncwhy.trace.reader import read
from asyncwhy.trace.writer import Writer
from benchmarks.fuzz import corpus
from benchmarks.fuzz.mutations import mutated
from benchmarks.fuzz.subject import Sizes, problem


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return corpus.files(tmp_path_factory.mktemp("corpus"), ("specimens/serialised-by-lock/asyncio/sick.py",))


@settings(max_examples=150)
@given(number=st.integers(0, 2**32), which=st.integers(0, 2))
def test_a_damaged_file(paths: list[Path], number: int, which: int) -> None:
    path = paths[which % len(paths)]
    data = mutated(path.read_bytes(), corpus.PREFIX[path.suffix], number)
    assert problem(data, path.name, Sizes()) is None


def test_the_files_themselves_are_well(paths: list[Path]) -> None:
    assert {path.suffix for path in paths} == {".trace", ".stream", ".node"}
    for path in paths:
        assert problem(path.read_bytes(), path.name, Sizes()) is None


def test_many_sources_that_each_unpack_to_much(tmp_path: Path) -> None:
    some = zlib.compress(json.dumps({"a": "x" * (30 << 20)}).encode(), 9)
    with Writer(tmp_path / "t") as writer:
        for _ in range(3):
            writer.chunk(schema.SOURCES, 0, some)
    with pytest.raises(TraceCorrupt):
        read(tmp_path / "t")


@pytest.mark.parametrize("inner", [b"{},", b"[],", b'{"":0},'])
def test_objects_beyond_what_the_size_accounts_for(inner: bytes, tmp_path: Path) -> None:
    with Writer(tmp_path / "t") as writer:
        writer.chunk(schema.EVENTS, 1, b"[" + inner * (8 << 20) + b"{}]")
    with pytest.raises(TraceCorrupt):
        read(tmp_path / "t")


def test_very_many_empty_chunks_and_processes(tmp_path: Path) -> None:
    with Writer(tmp_path / "t") as writer:
        for number in range(20_000):
            writer.chunk(100, 1, b"")
            writer.chunk(100, number % 500, bytes(schema.TABLES[100][1].itemsize))
    steps = read(tmp_path / "t").processes[1].table("steps")
    assert len(steps) == 40


@pytest.mark.parametrize("runs", [[[1, 2], [3]], [[-1] * 9], [[2**70] * 9], [["a"] * 9], "x", [[]], 5])
def test_samples_that_still_go_on_and_make_no_sense(runs: object, tmp_path: Path) -> None:
    event = json.dumps([{"event": "still", "time": 1, "runs": runs}]).encode()
    header = schema.CHUNK_HEADER.pack(schema.EVENTS, 1, len(event), zlib.crc32(event))
    assert problem(header + event, "1-1.stream", Sizes()) is None
