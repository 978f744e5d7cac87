"""A busy echo server and its own bounded clients, one process."""

import asyncio


async def echo(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        await asyncio.sleep(0.01)
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def client(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = 0
    for number in range(20):
        writer.write(f"{name} says {number}\n".encode())
        await writer.drain()
        answers += bool(await reader.readline())
    writer.close()
    return answers


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*(client(port, f"client-{number}") for number in range(20)))
    server.close()
    await server.wait_closed()
    print(sum(answers), "answers")


if __name__ == "__main__":
    asyncio.run(main())
