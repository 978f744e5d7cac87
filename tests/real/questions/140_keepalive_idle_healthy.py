"""All answers are in, their connections are kept open, and then a report is made: whom does that keep waiting?"""

import asyncio
import time

from aiohttp import ClientSession, web


async def hello(request):
    await asyncio.sleep(0.05)
    return web.Response(text="hi")


async def served():
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, "http://{}:{}/".format(*runner.addresses[0])


async def main():
    runner, url = await served()
    async with ClientSession() as session:

        async def get():
            async with session.get(url) as answer:
                return await answer.text()

        print(len(await asyncio.gather(*(get() for _ in range(20)))))
        await asyncio.sleep(0.3)
        until, digits = time.perf_counter() + 0.35, 0
        while time.perf_counter() < until:
            digits += len(str(digits))
        print(digits > 0)
    await runner.cleanup()


asyncio.run(main())
