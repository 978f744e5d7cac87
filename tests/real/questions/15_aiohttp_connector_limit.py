"""I gather twelve downloads but only two run at a time."""

import asyncio

import aiohttp
from aiohttp import web


async def page(request):
    await asyncio.sleep(0.15)
    return web.Response(text="page")


async def download(session, url):
    async with session.get(url) as answer:
        return await answer.text()


async def main():
    app = web.Application()
    app.add_routes([web.get("/page/{n}", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    connector = aiohttp.TCPConnector(limit=2)
    async with aiohttp.ClientSession(connector=connector) as session:
        texts = await asyncio.gather(*(download(session, f"{base}/page/{n}") for n in range(12)))
    print(len(texts))
    await runner.cleanup()


asyncio.run(main())
