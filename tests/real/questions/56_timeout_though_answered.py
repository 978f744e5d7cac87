"""TimeoutError, although the server's log says that it answered within 50 ms."""

import asyncio


async def serve(reader, writer):
    await reader.readline()
    await asyncio.sleep(0.05)
    writer.write(b"42\n")
    await writer.drain()
    writer.close()


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"meaning\n")
    try:
        return await asyncio.wait_for(reader.readline(), 0.2)
    except asyncio.TimeoutError:
        return b"timed out"
    finally:
        writer.close()


def layout(words):
    widths = {}
    for round_ in range(60):
        for word in words:
            widths[word] = sum(ord(letter) * round_ for letter in word) % 97
    return len(widths)


async def draw():
    await asyncio.sleep(0.02)
    return layout([f"word number {n}" for n in range(5000)])


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(await asyncio.gather(ask(port), draw()))
    server.close()


asyncio.run(main())
