"""I rewrote my crawler with aiohttp and it is no faster than with requests."""

import asyncio

import aiohttp
from aiohttp import web


async def page(request):
    await asyncio.sleep(0.1)
    return web.Response(text=f"page {request.match_info['n']}")


async def crawl(base, numbers):
    texts = []
    async with aiohttp.ClientSession() as session:
        for number in numbers:
            async with session.get(f"{base}/page/{number}") as answer:
                texts.append(await answer.text())
    return texts


async def main():
    app = web.Application()
    app.add_routes([web.get("/page/{n}", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    texts = await crawl(f"http://127.0.0.1:{runner.addresses[0][1]}", range(10))
    print(texts[-1])
    await runner.cleanup()


asyncio.run(main())
