"""Four downloads at once from a server that sends at a steady pace."""

import asyncio

CHUNK = bytes(16_384)
CHUNKS = 25


async def send_file(reader, writer):
    for _ in range(CHUNKS):
        writer.write(CHUNK)
        await writer.drain()
        await asyncio.sleep(0.02)
    writer.close()


async def download(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = 0
    while True:
        data = await reader.read(16_384)
        if not data:
            break
        size += len(data)
    writer.close()
    return size


async def main():
    server = await asyncio.start_server(send_file, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sizes = await asyncio.gather(*(download(port) for _ in range(4)))
    server.close()
    await server.wait_closed()
    print(f"{sum(sizes)} bytes")


if __name__ == "__main__":
    asyncio.run(main())
