"""Is my server serial?  It reads a command, answers it, reads the next; every client waits for its answer first."""

import asyncio


async def look_up(key):
    await asyncio.sleep(0.03)
    return f"VALUE {key}"


async def client_connected(reader, writer):
    while line := await reader.readline():
        writer.write((await look_up(line.decode().strip())).encode() + b"\n")
        await writer.drain()
    writer.close()


async def client(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for number in range(12):
        writer.write(f"{name}/{number} after {answers[-1:]}\n".encode())
        answers.append((await reader.readline()).decode())
    writer.close()
    return answers


async def main():
    server = await asyncio.start_server(client_connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*(client(port, name) for name in ("ada", "ben", "cho")))
    print(sum(map(len, answers)))
    server.close()


asyncio.run(main())
