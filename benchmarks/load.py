"""Bounded loopback load: `load.py PORT REQUESTS CONNECTIONS` in a process of its own, keep-alive, no think time."""

from __future__ import annotations

import asyncio
import sys

_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def _connection(port: int, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(_REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server answered {head[:60]!r}")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


async def _load(port: int, requests: int, connections: int) -> None:
    await asyncio.gather(*(_connection(port, requests // connections) for _ in range(connections)))


if __name__ == "__main__":
    asyncio.run(_load(*map(int, sys.argv[1:4])))
