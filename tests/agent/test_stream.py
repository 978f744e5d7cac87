"""What the agent writes is what the probe reads; what cannot be written is counted, and never raised."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from _asyncwhy_agent import primitives, recorder, stream

from asyncwhy.probes import python_stream
from asyncwhy.probes.python_stream import Streams
from asyncwhy.trace import schema
from asyncwhy.trace.reader import Trace, read
from asyncwhy.trace.writer import Writer


def test_the_tables_are_the_same_on_both_sides() -> None:
    of_node = {schema.KIND_OF["begun"], schema.KIND_OF["turns"]}  # only Node's agent writes them
    assert {kind: columns for kind, (_, columns) in stream.COLUMNS.items()} == {
        kind: columns for kind, columns in python_stream.RAW.items() if kind not in of_node
    }
    assert {kind: name for kind, (name, _) in stream.COLUMNS.items()} == {
        kind: name for kind, (name, _) in schema.TABLES.items() if kind not in of_node
    }


def test_the_kinds_and_bits_are_the_same_on_both_sides() -> None:
    for name in ("META", "EVENTS", "STRINGS", "SITES", "STACKS"):
        assert getattr(stream, name) == getattr(schema, name)
    assert (recorder.CALLBACK, recorder.TIMER) == (python_stream._RAW_CALLBACK, python_stream._RAW_TIMER)


def brought_home(folder: Path, trace: Path) -> tuple[Streams, Trace]:
    with Writer(trace) as writer:
        streams = Streams(folder, writer)
        streams.drain()
        streams.finish()
        writer.close()
    return streams, read(trace)


def recorded(folder: Path) -> Any:
    made: Any = recorder.Recorder(str(folder))
    made.meta({"pid": 1, "agent": "python"})
    made.by_name["steps"].extend((10, 30, 5, 7, 99))
    made.interner.string("name")
    made.event("run", loop=1, thread=99)
    return made


def test_rows_come_home(tmp_path: Path) -> None:
    recorded(tmp_path).flush()
    streams, trace = brought_home(tmp_path, tmp_path / "t")
    (process,) = trace.processes.values()
    steps = process.table("steps")
    assert (streams.processes, streams.damaged) == (1, 0)
    assert steps["start"].tolist() == [10]
    assert steps["run_s"][0] == pytest.approx(20e-9)
    assert process.meta["pid"] == 1
    assert "name" in process.strings.values()
    assert [event["loop"] for event in process.named("run")] == [1]


@pytest.mark.parametrize("cut", [1, 7, 15, 16, 17, 40, 90])
def test_a_chunk_that_a_kill_cut_off_is_left(cut: int, tmp_path: Path) -> None:
    recorded(tmp_path).flush()
    (path,) = tmp_path.glob("*.stream")
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    streams, trace = brought_home(tmp_path, tmp_path / "t")
    assert streams.damaged == 0
    assert trace.ended


@pytest.mark.parametrize("at", [0, 4, 8, 12, 16, 60, 120, -1])
def test_a_damaged_stream_is_counted_and_harms_nothing(at: int, tmp_path: Path) -> None:
    recorded(tmp_path).flush()
    (path,) = tmp_path.glob("*.stream")
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    _, trace = brought_home(tmp_path, tmp_path / "t")
    assert trace.ended


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    made = recorded(tmp_path / "nowhere")
    made.flush()
    made.flush()
    assert made.dropped == 1
    assert made.stream.failed > 0
    (tmp_path / "nowhere").mkdir()
    made.flush()
    _, trace = brought_home(tmp_path / "nowhere", tmp_path / "t")
    (process,) = trace.processes.values()
    assert "name" in process.strings.values()
    assert process.named("run")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recorded(tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(primitives, "write_file", full)
    made.flush()
    assert made.dropped == 1


def test_a_disk_that_takes_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(primitives, "write_file", lambda file, data: os.write(file, data[:5]))
    recorded(tmp_path).flush()
    streams, trace = brought_home(tmp_path, tmp_path / "t")
    assert (streams.processes, streams.damaged) == (1, 0)
    assert len(trace.processes[1].table("steps")) == 1


def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST", 50)
    made = recorded(tmp_path)
    made.by_name["steps"].extend(range(100))
    made.bound()
    assert not made.by_name["steps"]
    assert made.dropped == 21


@pytest.mark.parametrize("taken", [0, 9, 60, 130, 190])
def test_a_disk_that_is_full_for_a_while(taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what it took a part of, the rest does not follow: that part leaves, and nothing is told twice."""
    made = recorded(tmp_path)
    left = [taken]

    def fills(file: int, data: Any) -> int:
        if not left[0]:
            raise OSError(28, "No space left on device")
        written = os.write(file, data[: left[0]])
        left[0] -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(primitives, "write_file", fills)
        made.flush()
    streams, _ = brought_home(tmp_path, tmp_path / "meanwhile")
    assert streams.damaged == 0
    made.by_name["steps"].extend((40, 50, 35, 7, 99))
    made.flush()
    streams, trace = brought_home(tmp_path, tmp_path / "t")
    (process,) = trace.processes.values()
    assert (streams.processes, streams.damaged) == (1, 0)
    assert len(process.table("steps")) + made.dropped == 2
    assert "name" in process.strings.values()
    assert len(process.named("run")) == 1
