"""Log in, ask with the token, follow the link: can this be faster?"""

import asyncio

import aiohttp
from aiohttp import web


async def login(request):
    await asyncio.sleep(0.15)
    return web.json_response({"token": "t0k"})


async def orders(request):
    await asyncio.sleep(0.15)
    return web.json_response({"latest": f"/order/7?token={request.query['token']}"})


async def order(request):
    await asyncio.sleep(0.15)
    return web.json_response({"order": 7})


async def client(base):
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{base}/login") as answer:
            token = (await answer.json())["token"]
        async with session.get(f"{base}/orders?token={token}") as answer:
            latest = (await answer.json())["latest"]
        async with session.get(f"{base}{latest}") as answer:
            return await answer.json()


async def main():
    app = web.Application()
    app.add_routes([web.post("/login", login), web.get("/orders", orders), web.get("/order/{n}", order)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(await client(f"http://127.0.0.1:{runner.addresses[0][1]}"))
    await runner.cleanup()


asyncio.run(main())
