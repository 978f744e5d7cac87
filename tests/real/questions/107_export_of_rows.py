"""GET /export stalls every other endpoint, and there is nothing slow in it: it only returns a list."""

import asyncio
import datetime
import socket
from decimal import Decimal

import aiohttp
import uvicorn
from fastapi import APIRouter, FastAPI

BEGIN = datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)
STOCK = [
    {"sku": f"SKU-{n:06}", "price": Decimal(n) / 100, "updated": BEGIN + datetime.timedelta(seconds=n)}
    for n in range(9000)
]
router = APIRouter()


@router.get("/export")
async def export():
    rows = STOCK
    return rows


@router.get("/stock/{n}")
async def stock(n: int):
    await asyncio.sleep(0.01)
    return STOCK[n]["sku"]


async def ask(session, url):
    async with session.get(url) as answer:
        return len(await answer.read())


async def main():
    app = FastAPI()
    app.include_router(router)
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:

        async def shopper():
            for number in range(15):
                await ask(session, f"{base}/stock/{number}")
                await asyncio.sleep(0.03)

        exports = (ask(session, f"{base}/export") for _ in range(2))
        await asyncio.gather(shopper(), shopper(), *exports)
    server.should_exit = True
    await serving


asyncio.run(main())
