"""Every answer is in, and the report is made before the server's connections are closed: nobody waits."""

import asyncio
import time

from aiohttp import ClientSession, web


async def hello(request):
    await asyncio.sleep(0.05)
    return web.Response(text="hello")


def report(seconds):
    finish, characters = time.perf_counter() + seconds, 0
    while time.perf_counter() < finish:
        characters += len(str(characters))
    return characters


async def main():
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    async with ClientSession() as session:

        async def ask():
            async with session.get(f"http://{host}:{port}/") as answer:
                return await answer.text()

        print(len(await asyncio.gather(*(ask() for _ in range(20)))))
        await asyncio.sleep(0.3)
        print(report(0.35) > 0)
    await runner.cleanup()


asyncio.run(main())
