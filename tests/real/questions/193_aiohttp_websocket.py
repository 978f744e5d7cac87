"""The commands that one browser tab sends over its WebSocket wait for one another."""

import asyncio

import aiohttp
from aiohttp import web


async def price(item):
    await asyncio.sleep(0.08)
    return {"item": item, "price": len(item)}


async def websocket(request):
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    async for message in ws:
        if message.type == aiohttp.WSMsgType.TEXT:
            await ws.send_json(await price(message.data))
    return ws


async def main():
    app = web.Application()
    app.router.add_get("/ws", websocket)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session, session.ws_connect(f"http://127.0.0.1:{port}/ws") as ws:
        for number in range(10):
            await ws.send_str("tea" * number)
        print(sum([(await ws.receive_json())["price"] for _ in range(10)]))
    await runner.cleanup()


asyncio.run(main())
