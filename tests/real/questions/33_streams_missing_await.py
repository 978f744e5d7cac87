"""The client never gets the welcome, and Python prints a strange warning."""

import asyncio


async def welcome(writer):
    writer.write(b"welcome\n")
    await writer.drain()


async def serve(reader, writer):
    welcome(writer)
    await asyncio.sleep(0.1)
    writer.write(b"bye\n")
    await writer.drain()
    writer.close()


async def client(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    text = await reader.read()
    writer.close()
    return text


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(await asyncio.gather(*(client(port) for _ in range(3))))
    server.close()


asyncio.run(main())
