"""My dashboard endpoint makes three calls, and its time is their sum."""

import asyncio

import httpx
from aiohttp import web


async def part(request):
    await asyncio.sleep(0.2)
    return web.json_response({"part": request.path})


async def dashboard(client):
    weather = await client.get("/weather")
    stocks = await client.get("/stocks")
    news = await client.get("/news")
    return weather.json(), stocks.json(), news.json()


async def main():
    app = web.Application()
    app.add_routes([web.get(where, part) for where in ("/weather", "/stocks", "/news")])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{runner.addresses[0][1]}", verify=False
    ) as client:
        print(await dashboard(client))
    await runner.cleanup()


asyncio.run(main())
