"""Damages a trace or a stream, as a pure function of a number: by bytes, by chunks, and by values under right checksums.

Both are chunks of kind, process, length and checksum; a trace has a header before them.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

HEADER = struct.Struct("<IIII")
Chunk = tuple[int, int, bytes]
#: Numbers at which readers go wrong.
HUGE = (0, 1, 2, 2**15, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
VALUES: tuple[Any, ...] = (
    *(*HUGE, -1, -(2**63), 10**30, 0.5, 1e308, float("nan"), float("inf")),
    *(None, True, "", "x", "\udc80", "\U0001f40d" * 20, [], {}, [[]], [{}], {"": []}, [1, 2], ["a", "b"]),
)
KINDS = (*range(10), *range(100, 110), 115, 116, *range(121, 125), *range(130, 133), 2**32 - 1)


def mutated(data: bytes, prefix: int, number: int) -> bytes:
    """A damaged copy; `prefix` bytes stand before the first chunk."""
    chance = Random(number)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = chance.choice(_BYTES if chance.random() < 0.35 else _CHUNKED)(data, prefix, chance)
    return data


# --- by bytes --------------------------------------------------------------------------------------------


def _flip(data: bytes, _: int, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 64)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, _: int, chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _insert(data: bytes, _: int, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.choice((1, 3, 16, 400))) + data[at:]


def _remove(data: bytes, _: int, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 4, 16, 400)) :]


def _word(data: bytes, _: int, chance: Random) -> bytes:
    at = chance.randrange(0, max(len(data) // 4, 1)) * 4
    return data[:at] + struct.pack("<Q", chance.choice(HUGE))[: chance.choice((4, 8))] + data[at + 4 :]


# --- by chunks, whose checksums are right afterwards ------------------------------------------------------


def chunks(data: bytes, prefix: int) -> list[Chunk]:
    """The whole chunks."""
    made, at = [], prefix
    while at + HEADER.size <= len(data):
        kind, process, length, _ = HEADER.unpack_from(data, at)
        payload = data[at + HEADER.size : at + HEADER.size + length]
        made.append((kind, process, payload))
        at += HEADER.size + length
    return made


def joined(parts: list[Chunk]) -> bytes:
    """The chunks as bytes."""
    return b"".join(
        HEADER.pack(kind, process, len(body), zlib.crc32(body)) + body for kind, process, body in parts
    )


def _by_chunk(change: Callable[[list[Chunk], int, Random], None]) -> Callable[[bytes, int, Random], bytes]:
    def changed(data: bytes, prefix: int, chance: Random) -> bytes:
        parts = chunks(data, prefix)
        if parts:
            change(parts, chance.randrange(len(parts)), chance)
        return data[:prefix] + joined(parts)

    return changed


def _payload(parts: list[Chunk], at: int, chance: Random) -> None:
    kind, process, body = parts[at]
    parts[at] = kind, process, chance.choice(_BYTES)(body, 0, chance)


def _value(parts: list[Chunk], at: int, chance: Random) -> None:
    for place in (at, *range(len(parts))):
        kind, process, body = parts[place]
        try:
            value = json.loads(zlib.decompress(body) if kind == 7 else body)
        except (ValueError, zlib.error):
            continue
        text = json.dumps(_changed(value, chance)).encode("utf-8", "surrogatepass")
        parts[place] = kind, process, zlib.compress(text) if kind == 7 else text
        return


def _changed(value: Any, chance: Random) -> Any:
    """The value with one of its parts replaced, removed or repeated."""
    if not isinstance(value, (dict, list)) or not value or chance.random() < 0.1:
        return chance.choice(VALUES)
    if isinstance(value, dict):
        key = chance.choice(list(value))
        if chance.random() < 0.2:
            return {name: item for name, item in value.items() if name != key}
        return value | {key: _changed(value[key], chance)}
    at = chance.randrange(len(value))
    many = chance.choice((0, 1, 1, 1, 1, 1, 1, 300))
    return [*value[:at], *[_changed(value[at], chance)] * many, *value[at + 1 :]]


def _number(parts: list[Chunk], at: int, chance: Random) -> None:
    kind, process, body = parts[at]
    place = chance.randrange(len(body) // 8 + 1) * 8
    parts[at] = kind, process, body[:place] + struct.pack("<Q", chance.choice(HUGE)) + body[place + 8 :]


def _names(parts: list[Chunk], at: int, chance: Random) -> None:
    kind, process, body = parts[at]
    parts[at] = (
        (chance.choice(KINDS), process, body)
        if chance.random() < 0.7
        else (kind, chance.choice(HUGE) % 2**32, body)
    )


def _repeat(parts: list[Chunk], at: int, chance: Random) -> None:
    parts[at:at] = [parts[at]] * chance.choice((1, 2, 50))


def _drop(parts: list[Chunk], at: int, chance: Random) -> None:
    del parts[at : at + chance.choice((1, 2, 10))]


def _swap(parts: list[Chunk], at: int, chance: Random) -> None:
    other = chance.randrange(len(parts))
    parts[at], parts[other] = parts[other], parts[at]


def _flood(parts: list[Chunk], at: int, chance: Random) -> None:
    """Very many of what is smallest: empty chunks, processes, objects, stacks."""
    kind = chance.choice(KINDS)
    count = chance.choice((3_000, 30_000))
    body = chance.choice((b"", b"{}", b"[]", b"[{}]", b"\0" * 8, b"\0" * 16))
    if chance.random() < 0.5:
        parts[at:at] = [(kind, number if chance.random() < 0.5 else 1, body) for number in range(count)]
    else:
        inner = chance.choice((b"[],", b"{},", b"0,", b'[1,"a"],', b'{"event":"run"},'))
        parts.insert(at, (chance.choice((1, 2, 3, 6)), 1, b"[" + inner * count + b"0]"))


def _bomb(parts: list[Chunk], at: int, chance: Random) -> None:
    """A little that unpacks to very much, some times."""
    inner = chance.choice(
        (b'{"a": "' + b"x" * (20 << 20) + b'"}', b"[" * (1 << 20), b"[" + b"[]," * (8 << 20) + b"0]")
    )
    parts[at:at] = [(7, 0, zlib.compress(inner, 9))] * chance.choice((1, 5, 40))


_BYTES: tuple[Callable[[bytes, int, Random], bytes], ...] = (_flip, _cut, _insert, _remove, _word)
_CHUNKED = tuple(
    _by_chunk(change)
    for change in (
        _payload,
        _payload,
        _value,
        _value,
        _value,
        _number,
        _number,
        _names,
        _repeat,
        _drop,
        _swap,
    )
) + tuple(_by_chunk(change) for change in (_payload, _value, _number, _names) * 5 + (_flood,))
HEAVY = (_by_chunk(_bomb), _by_chunk(_flood))
