"""Frames with a length before each, as WebSockets have them, and pings among them."""

import asyncio
import struct

HEADER = struct.Struct("!BI")
TEXT, PING, PONG, CLOSE = range(4)


def send(writer, kind, payload=b""):
    writer.write(HEADER.pack(kind, len(payload)) + payload)


async def receive(reader):
    kind, size = HEADER.unpack(await reader.readexactly(HEADER.size))
    return kind, await reader.readexactly(size)


async def serve(reader, writer):
    while True:
        kind, payload = await receive(reader)
        if kind == CLOSE:
            break
        await asyncio.sleep(0.005)
        send(writer, PONG if kind == PING else TEXT, payload[::-1])
        await writer.drain()
    writer.close()


async def chat(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for number in range(12):
        send(writer, PING if number % 4 == 0 else TEXT, f"{name}-{number}".encode())
        await writer.drain()
        answers.append(await receive(reader))
        await asyncio.sleep(0.02)
    send(writer, CLOSE)
    await writer.drain()
    writer.close()
    return len(answers)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(sum(await asyncio.gather(*(chat(port, name) for name in ("ada", "bob", "eve")))), "frames")
    server.close()
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
