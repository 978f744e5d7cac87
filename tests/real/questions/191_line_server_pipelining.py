"""Our clients send many commands at once over one connection, and the answers trickle in one by one."""

import asyncio


async def look_up(key):
    await asyncio.sleep(0.06)
    return f"VALUE {key}"


async def client_connected(reader, writer):
    try:
        while True:
            line = await reader.readline()
            if not line:
                break
            answer = await look_up(line.decode().strip())
            writer.write(answer.encode() + b"\n")
            await writer.drain()
    finally:
        writer.close()


async def client(port, count):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(b"key%d\n" % n for n in range(count)))
    answers = [await reader.readline() for _ in range(count)]
    writer.close()
    return answers


async def main():
    server = await asyncio.start_server(client_connected, "127.0.0.1", 0)
    print(len(await client(server.sockets[0].getsockname()[1], 16)))
    server.close()


asyncio.run(main())
