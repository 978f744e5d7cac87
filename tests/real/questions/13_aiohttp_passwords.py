"""When many people log in, the whole server freezes."""

import asyncio
import hashlib

import aiohttp
from aiohttp import web


def check_password(password):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 300_000).hex()


async def login(request):
    digest = check_password(await request.text())
    return web.json_response({"digest": digest[:8]})


async def ping(request):
    await asyncio.sleep(0.005)
    return web.Response(text="pong")


async def main():
    app = web.Application()
    app.add_routes([web.post("/login", login), web.get("/ping", ping)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:

        async def log_in(name):
            async with session.post(f"{base}/login", data=name) as answer:
                return (await answer.json())["digest"]

        async def pinging():
            async with session.get(f"{base}/ping") as answer:
                return await answer.text()

        print(await asyncio.gather(*(log_in(f"user-{n}") for n in range(4)), *(pinging() for _ in range(4))))
    await runner.cleanup()


asyncio.run(main())
