"""Fifty requests gathered; it takes much longer than the slowest of them."""

import asyncio

import aiohttp
from aiohttp import web

polite = asyncio.Semaphore(4)


async def answer(request):
    await asyncio.sleep(0.08)
    return web.Response(text="ok")


async def fetch(session, url):
    async with polite:
        async with session.get(url) as found:
            return await found.text()


async def main():
    app = web.Application()
    app.add_routes([web.get("/", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with aiohttp.ClientSession() as session:
        print(len(await asyncio.gather(*(fetch(session, url) for _ in range(50)))))
    await runner.cleanup()


asyncio.run(main())
