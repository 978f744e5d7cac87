"""I measured my aiohttp server with `requests` in a loop: only five requests a second!"""

import asyncio
import threading

import requests
from aiohttp import web


async def slow(request):
    await asyncio.sleep(0.2)
    return web.Response(text="ok")


def measure(url):
    for _ in range(6):
        requests.get(url).raise_for_status()


async def main():
    app = web.Application()
    app.add_routes([web.get("/", slow)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    load = threading.Thread(target=measure, args=(f"http://127.0.0.1:{runner.addresses[0][1]}/",))
    load.start()
    while load.is_alive():
        await asyncio.sleep(0.1)
    await runner.cleanup()
    print("measured")


asyncio.run(main())
