"""Bounded loopback load in a process of its own: `load.py PORT REQUESTS CONNECTIONS [websocket]`.

Connections are kept, and each asks again as soon as it was answered.  An answer may have its length or come in
chunks (RFC 9112, 7.1); of a WebSocket (RFC 6455) one masked frame of text goes out, and one comes back.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import StreamReader, StreamWriter

_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_TEXT = b"what was said"
#: Final frame of text, masked with zeros.
_FRAME = bytes([0x81, 0x80 | len(_TEXT)]) + bytes(4) + _TEXT
#: Final frame that closes with code 1000.
_CLOSE = bytes([0x88, 0x82]) + bytes(4) + b"\x03\xe8"


async def _http(reader: StreamReader, writer: StreamWriter, count: int) -> None:
    for _ in range(count):
        writer.write(_REQUEST)
        head = await _head(reader, b"200")
        length = next((line for line in head.split(b"\r\n") if line.startswith(b"content-length:")), None)
        if length is not None:
            await reader.readexactly(int(length.split(b":")[1]))
        else:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()


async def _websocket(reader: StreamReader, writer: StreamWriter, count: int) -> None:
    writer.write(_UPGRADE)
    await _head(reader, b"101")
    for _ in range(count):
        writer.write(_FRAME)
        answer = await reader.readexactly(2 + len(_TEXT))
        if answer[2:] != _TEXT:
            raise SystemExit(f"the server answered {answer!r}")
    writer.write(_CLOSE)
    await reader.read()


async def _head(reader: StreamReader, status: bytes) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 " + status):
        raise SystemExit(f"the server answered {head[:60]!r}")
    return head.lower()


async def _load(port: int, requests: int, connections: int, kind: str) -> None:
    ask = _websocket if kind == "websocket" else _http

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await ask(reader, writer, requests // connections)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))


if __name__ == "__main__":
    asyncio.run(_load(*map(int, sys.argv[1:4]), "".join(sys.argv[4:])))
