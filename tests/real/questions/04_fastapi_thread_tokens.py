"""My `def` endpoints are slow under load, although each one takes 0.15 s."""

import asyncio
import contextlib
import socket
import time

import aiohttp
import anyio.to_thread
import fastapi
import uvicorn


@contextlib.asynccontextmanager
async def lifespan(app):
    anyio.to_thread.current_default_thread_limiter().total_tokens = 2
    yield


app = fastapi.FastAPI(lifespan=lifespan)


@app.get("/report/{number}")
def report(number: int):
    time.sleep(0.15)
    return {"report": number}


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
        print(await asyncio.gather(*(ask(session, f"{base}/report/{n}") for n in range(10))))
    server.should_exit = True
    await serving


asyncio.run(main())
