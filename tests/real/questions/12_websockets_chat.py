"""A chat room: is it as asynchronous as it looks?"""

import asyncio

import websockets

members = set()


async def room(socket):
    members.add(socket)
    try:
        async for message in socket:
            websockets.broadcast(members, message)
    finally:
        members.discard(socket)


async def guest(url, name):
    heard = 0
    async with websockets.connect(url) as socket:
        await asyncio.sleep(0.2)
        for _ in range(5):
            await socket.send(f"{name} says hello")
            await asyncio.sleep(0.05)
        while heard < 50:
            await socket.recv()
            heard += 1
    return heard


async def main():
    async with websockets.serve(room, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        heard = await asyncio.gather(*(guest(f"ws://127.0.0.1:{port}", f"guest-{n}") for n in range(10)))
    print(heard)


asyncio.run(main())
