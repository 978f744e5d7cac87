"""POST /orders hangs for a second and says that the inventory is unavailable; yet GET /inventory answers at once."""

import asyncio
import socket

import httpx
import requests
import uvicorn
from fastapi import FastAPI

app = FastAPI()


class Inventory:
    def __init__(self, url):
        self.url = url

    def available(self, number):
        return requests.get(f"{self.url}/inventory/{number}", timeout=1).json()


@app.get("/inventory/{number}")
async def stock(number: int):
    return 10 - number


@app.post("/orders/{number}")
async def order(number: int):
    try:
        return Inventory(app.state.url).available(number) > 0
    except requests.Timeout:
        return "inventory unavailable"


async def main():
    bound = socket.create_server(("127.0.0.1", 0))
    app.state.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    async with httpx.AsyncClient(base_url=app.state.url, verify=False) as browser:
        print((await browser.get("/inventory/1")).text, (await browser.post("/orders/1")).text)
    server.should_exit = True
    await serving


asyncio.run(main())
