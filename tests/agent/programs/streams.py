import asyncio


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def ask(n):
        reader, writer = await asyncio.open_connection("localhost", port)
        writer.write(b"hello %d\n" % n)
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return answer

    print(await asyncio.gather(*(ask(n) for n in range(5))))
    server.close()
    await server.wait_closed()
    process = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    print(await process.communicate(b"through a pipe"))


asyncio.run(main())
