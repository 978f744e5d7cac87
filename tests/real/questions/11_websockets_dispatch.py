"""My WebSocket server answers the messages of one client strictly one after the other."""

import asyncio

import websockets


async def look_up(word):
    await asyncio.sleep(0.15)
    return word[::-1]


async def handler(socket):
    async for message in socket:
        await socket.send(await look_up(message))


async def main():
    async with websockets.serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with websockets.connect(f"ws://127.0.0.1:{port}") as client:
            for number in range(8):
                await client.send(f"word {number}")
            answers = [await client.recv() for _ in range(8)]
    print(answers)


asyncio.run(main())
