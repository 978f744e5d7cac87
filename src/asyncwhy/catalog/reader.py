"""Reads the catalogue's TOML files: groups of names that share everything else become entries.

A group with `replacements` gives one per name; otherwise `{name}` in `replacement` stands for the last part
of each name.  See the head of `python/blocking/stdlib.toml` for the fields.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .words import Advice, Entry, Offload, Operation

Table = Mapping[str, Any]
FrameKey = tuple[str, str]
"""(file below the library's root, function); the function may be `*`, the file a package ending in `/`."""


def folder(runtime: str) -> Path:
    """Where a runtime's files stand; FileNotFoundError where there are none."""
    place = Path(__file__).with_name(runtime)
    if not place.is_dir():
        raise FileNotFoundError(place)
    return place


def table(file: Path) -> Table:
    """One TOML file, parsed."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def entries(blocking: Table) -> Iterator[Entry]:
    """The entries of one file."""
    for group in blocking["group"]:
        names = group["names"]
        replacements = group.get("replacements") or [group["replacement"]] * len(names)
        for name, replacement in zip(names, replacements, strict=True):
            yield Entry(
                name=name,
                kind=group["kind"],
                tier=group["tier"],
                replacement=replacement.replace("{name}", name.rpartition(".")[2]),
                package=group.get("package", ""),
                verified=group["verified"],
                source=group["source"],
                note=group.get("note", ""),
                gil=group.get("gil", ""),
                until=group.get("until", ""),
                drop_in=group.get("drop_in", ""),
                instead=group.get("instead", ""),
            )


def operations(rows: list[Table], key: str, verbs: Mapping[str, str]) -> Iterator[tuple[Any, Operation]]:
    """What rows say, by each of the names under their `key`, and by their file where they have one."""
    for row in rows:
        operation = Operation(row["kind"], row.get("verb") or verbs[row["kind"]])
        for name in row[key]:
            yield (row["file"], name) if "file" in row else name, operation


def offloads(frames: Table) -> dict[FrameKey, Offload]:
    """Calls that send work elsewhere, by (file, function); the first row of a frame counts."""
    rows: dict[FrameKey, Offload] = {}
    for row in frames["offload"]:
        for name in row["functions"]:
            qualified = f"{row['class']}.{name}" if "class" in row else name
            offload = Offload(
                call=row["call"].replace("{function}", name),
                by=row["by"],
                to=row["to"],
                level=row["level"],
                reason=row["reason"],
                source=row["source"],
                size=row.get("size", ""),
                direct=row.get("direct", ""),
            )
            rows.setdefault((row["file"], qualified), offload)
            rows.setdefault((row["file"], name), offload)
    return rows


def advice(frames: Table) -> Iterator[tuple[FrameKey, Advice]]:
    """What to do where a call passes through a frame, by (file, function)."""
    for row in frames["advice"]:
        for name in row["functions"]:
            words = row["words"]
            yield (
                (row["file"], name),
                Advice(words, row.get("busy", words), row.get("names", ""), row["source"]),
            )
