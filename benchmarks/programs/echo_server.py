"""`echo_server.py READY`: a WebSocket server of the `websockets` library says again what it is told."""

import asyncio
import sys

import serving
from websockets.asyncio.server import serve


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def main(ready):
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        serving.announce(ready, server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()


if __name__ == "__main__":
    serving.run(main(sys.argv[1]))
