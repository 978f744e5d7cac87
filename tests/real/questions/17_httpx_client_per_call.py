"""Twenty calls through httpx; the server answers at once and the loop lags."""

import asyncio

import httpx
from aiohttp import web


async def page(request):
    await asyncio.sleep(0.01)
    return web.Response(text="page")


async def call(url):
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).text


async def main():
    app = web.Application()
    app.add_routes([web.get("/page/{n}", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    texts = await asyncio.gather(*(call(f"{base}/page/{n}") for n in range(20)))
    print(len(texts))
    await runner.cleanup()


asyncio.run(main())
