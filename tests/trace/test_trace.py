"""What is written is what is read; what is cut, changed, foreign or of the future is one clear error."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncwhy.errors import TraceCorrupt, TraceError, TraceTooNew, TraceTruncated, TraceUnwritable
from asyncwhy.trace import schema
from asyncwhy.trace.reader import read
from asyncwhy.trace.writer import Writer
from benchmarks.fuzz.subject import read_all

STEPS = schema.TABLES[schema.KIND_OF["steps"]][1]


def steps(*starts: int) -> np.ndarray[Any, np.dtype[np.void]]:
    rows = np.zeros(len(starts), STEPS)
    rows["start"] = starts
    return rows


def sample(path: Path) -> list[int]:
    """A trace with a chunk of every kind; the offsets at which its chunks end, the header's included."""
    ends = []
    with Writer(path) as writer:

        def note() -> None:
            ends.append(path.stat().st_size)

        note()
        writer.json(schema.META, 1, {"pid": 5, "folder": "/", "library": "/lib"})
        note()
        writer.json(schema.STRINGS, 1, [[1, "file.py"], [2, "fünktion \U0001f40d \udc80"]])
        note()
        writer.chunk(schema.SITES, 1, np.array([3, 1, 2, 10, 4, 10, 9, 8], "<u8").tobytes())
        note()
        writer.chunk(schema.STACKS, 1, np.array([7, 2, 3, 3], "<u8").tobytes())
        note()
        writer.json(schema.EVENTS, 1, [{"event": "run", "loop": 1}, {"event": "stop", "loop": 1}])
        note()
        writer.table("steps", 1, steps(1, 2))
        note()
        writer.table("steps", 1, steps(3))
        note()
        writer.table("steps", 2, steps(4))
        note()
        writer.json(schema.RUN, 0, {"command": ["a"], "exit_code": 0})
        note()
        writer.sources({"file.py": "text\n"})
        note()
        writer.close()
        ends.append(path.stat().st_size)
    return ends


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.trace"


def test_round_trip(path: Path) -> None:
    sample(path)
    trace = read(path)
    assert trace.ended
    assert trace.run == {"command": ["a"], "exit_code": 0}
    assert trace.sources == {"file.py": "text\n"}
    first = trace.processes[1]
    assert first.meta["pid"] == 5
    assert first.table("steps")["start"].tolist() == [1, 2, 3]
    assert trace.processes[2].table("steps")["start"].tolist() == [4]
    assert len(first.table("waits")) == 0
    assert [event["loop"] for event in first.named("stop")] == [1]
    assert len(first.stack(7)) == 2
    site = first.stack(7)[0]
    assert (site.file, site.line, site.column, site.end_column) == ("file.py", 10, 4, 9)
    assert site.function == "fünktion \U0001f40d \udc80"
    assert first.stack(99) == ()


@given(st.dictionaries(st.sampled_from(sorted(schema.KIND_OF)), st.integers(0, 20), max_size=6))
def test_every_table_round_trips(counts: dict[str, int]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t"
        made = {}
        with Writer(path) as writer:
            for name, count in counts.items():
                dtype = schema.TABLES[schema.KIND_OF[name]][1]
                rows = np.frombuffer(bytes(range(1, 241)) * dtype.itemsize, dtype)[:count]
                made[name] = rows.tobytes()
                writer.table(name, 1, rows)
        trace = read(path)
        for name, data in made.items():
            if data:
                assert trace.processes[1].table(name).tobytes() == data


def test_cut_between_chunks_it_is_read_and_says_so(path: Path) -> None:
    ends = sample(path)
    data = path.read_bytes()
    for end in ends[:-1]:
        path.write_bytes(data[:end])
        assert not read(path).ended
    path.write_bytes(data)
    assert read(path).ended


def test_cut_in_the_middle_of_a_chunk(path: Path) -> None:
    ends = set(sample(path))
    data = path.read_bytes()
    for end in range(len(data)):
        if end not in ends:
            path.write_bytes(data[:end])
            with pytest.raises(TraceTruncated, match=r"too short|cut off"):
                read(path)


def test_a_byte_flipped_anywhere_is_noticed(path: Path) -> None:
    sample(path)
    data = path.read_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 0x10
        path.write_bytes(changed)
        # The reserved word of the file's header says nothing, and kind and process of a chunk are not under
        # its checksum: some other kind may be read as well.
        if at < 12 or (at >= 16 and not _is_kind_or_process(data, at)):
            with pytest.raises(TraceError):
                read(path)
        else:
            read_all(path)


def _is_kind_or_process(data: bytes, at: int) -> bool:
    offset = schema.FILE_HEADER.size
    while offset < len(data):
        length = schema.CHUNK_HEADER.unpack_from(data, offset)[2]
        if offset <= at < offset + 8:
            return True
        offset += schema.CHUNK_HEADER.size + length
    return False


def test_a_later_version(path: Path) -> None:
    path.write_bytes(schema.FILE_HEADER.pack(schema.MAGIC, schema.VERSION + 1, 0) + b"whatever comes then")
    with pytest.raises(TraceTooNew, match="later asyncwhy"):
        read(path)


@pytest.mark.parametrize("data", [b"", b"a", b"asyncwhy", schema.FILE_HEADER.pack(schema.MAGIC, 1, 0)[:-1]])
def test_too_short(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(TraceTruncated):
        read(path)


@pytest.mark.parametrize("data", [b"#!/usr/bin/env python\nprint('hello')\n", b"\x7fELF" + b"\0" * 100])
def test_something_else(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(TraceCorrupt, match="not an asyncwhy trace"):
        read(path)


def test_no_file_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="No such file"):
        read(tmp_path / "nothing")
    with pytest.raises(TraceError, match="directory"):
        read(tmp_path)


def test_an_unwritable_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TraceUnwritable):
        Writer(tmp_path / "file" / "trace")
    with pytest.raises(TraceUnwritable):
        Writer(tmp_path)


def test_a_disk_that_is_full() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("/dev/full is not on this machine")
    with pytest.raises(TraceUnwritable, match="No space left"), Writer(full):
        pass


def test_sources_that_would_ask_for_gigabytes(path: Path) -> None:
    bomb = zlib.compress(b'{"a": "' + b"x" * (80 << 20) + b'"}', 9)
    with Writer(path) as writer:
        writer.chunk(schema.SOURCES, 0, bomb)
    with pytest.raises(TraceCorrupt):
        read(path)


@pytest.mark.parametrize(
    "payload", [b"", b"[", b"3", b"null", b'{"a": 1}', b"[1]", b"[[1]]", b"[" * 100_000, b"\xff\xfe"]
)
@pytest.mark.parametrize("kind", [*range(9), *schema.TABLES])
def test_a_whole_chunk_of_nonsense(kind: int, payload: bytes, path: Path) -> None:
    with Writer(path) as writer:
        writer.chunk(kind, 1, payload)
    read_all(path)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "t"
    sample(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "t"


@given(st.binary(max_size=400), st.booleans())
def test_random_bytes(scratch: Path, data: bytes, with_header: bool) -> None:
    header = schema.FILE_HEADER.pack(schema.MAGIC, schema.VERSION, 0)
    scratch.write_bytes((header if with_header else b"") + data)
    read_all(scratch)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0), st.binary(max_size=9)), min_size=1, max_size=4), st.integers(0))
def test_a_mutated_trace(good: bytes, scratch: Path, changes: list[tuple[int, bytes]], cut: int) -> None:
    data = bytearray(good)
    for at, new in changes:
        place = at % len(data)
        data[place : place + len(new)] = new
    scratch.write_bytes(data[: cut % (2 * len(data))])
    read_all(scratch)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), json_values), max_size=5))
def test_chunks_whose_checksums_are_right(scratch: Path, chunks: list[tuple[int, int, Any]]) -> None:
    with Writer(scratch) as writer:
        for kind, process, value in chunks:
            writer.json(kind, process, value)
    read_all(scratch)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=24))
def test_stacks_and_sites_of_any_numbers(scratch: Path, values: list[int]) -> None:
    payload = struct.pack(f"<{len(values)}Q", *values)
    with Writer(scratch) as writer:
        writer.chunk(schema.STACKS, 1, payload)
        writer.chunk(schema.SITES, 1, payload)
    read_all(scratch)
