"""While two partners fetch a large export, everybody else's small requests take half a second. Served by uvicorn."""

import asyncio
import json
import socket
import threading
import time

import httpx
import uvicorn
from fastapi import FastAPI, Response

ROWS = [
    {"sku": f"A{n}", "stock": n % 7, "prices": [n * 1.1, n * 1.2], "tags": ["x"] * 5} for n in range(9000)
]
app = FastAPI()


@app.get("/export")
async def export():
    return Response(json.dumps(ROWS, indent=1))


@app.get("/stock/{n}")
async def stock(n: int):
    await asyncio.sleep(0.01)
    return ROWS[n]["stock"]


async def users(url):
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:

        async def shopper():
            for n in range(25):
                await client.get(f"/stock/{n}")
                await asyncio.sleep(0.03)

        async def partner():
            await asyncio.sleep(0.2)
            print(len((await client.get("/export")).content))

        await asyncio.gather(shopper(), shopper(), partner(), partner())


def main():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        asyncio.run(users("http://127.0.0.1:%d" % sock.getsockname()[1]))
        server.should_exit = True
        thread.join()


main()
