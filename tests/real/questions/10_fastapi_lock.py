"""Since I protect the cache with a lock, requests for different keys wait for each other."""

import asyncio
import socket

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()
cache = {}
cache_lock = asyncio.Lock()


async def load(key):
    await asyncio.sleep(0.15)
    return key.upper()


@app.get("/item/{key}")
async def item(key: str):
    async with cache_lock:
        if key not in cache:
            cache[key] = await load(key)
    return {"item": cache[key]}


async def ask(session, url):
    async with session.get(url) as answer:
        return await answer.json()


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        print(await asyncio.gather(*(ask(session, f"{base}/item/{key}") for key in "abcdef")))
    server.should_exit = True
    await serving


asyncio.run(main())
