import asyncio


async def look_up(key):
    await asyncio.sleep(0.1)
    return f"{key} = 42\n".encode()


async def answer(line, writer):
    writer.write(await look_up(line.decode().strip()))


async def serve(reader, writer):
    tasks = []
    while True:
        line = await reader.readline()
        if not line:
            break
        tasks.append(asyncio.ensure_future(answer(line, writer)))
    await asyncio.gather(*tasks)
    writer.close()


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(b"key %d\n" % number for number in range(7)))
    writer.write_eof()
    answers = await reader.read()
    writer.close()
    return answers.count(b"\n")


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(await ask(server.sockets[0].getsockname()[1]), "answers")
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
