"""httpx: some of my requests fail with PoolTimeout, others are slow; the server is fast."""

import asyncio

import httpx
from aiohttp import web


async def page(request):
    await asyncio.sleep(0.15)
    return web.Response(text="page")


async def download(client, url):
    answer = await client.get(url)
    return answer.text


async def main():
    app = web.Application()
    app.add_routes([web.get("/page/{n}", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    limits = httpx.Limits(max_connections=2)
    async with httpx.AsyncClient(limits=limits, timeout=10) as client:
        texts = await asyncio.gather(*(download(client, f"{base}/page/{n}") for n in range(10)))
    print(len(texts))
    await runner.cleanup()


asyncio.run(main())
