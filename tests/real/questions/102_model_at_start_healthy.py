"""The model takes a while to load, before the server takes its first request; after that all is well."""

import asyncio
import contextlib
import math
import socket
import time

import aiohttp
import uvicorn
from fastapi import FastAPI


def train(seconds):
    finish, weight = time.perf_counter() + seconds, 0.5
    while time.perf_counter() < finish:
        weight = math.sin(weight) + 0.3
    return weight


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.weight = train(0.5)
    time.sleep(0.2)  # the licence server
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/score")
async def score():
    await asyncio.sleep(0.1)
    return app.state.weight


async def ask(session, url):
    async with session.get(url) as answer:
        return await answer.json()


async def main():
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/score"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.02)
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            await asyncio.gather(*(ask(session, url) for _ in range(8)))
    server.should_exit = True
    await serving


asyncio.run(main())
