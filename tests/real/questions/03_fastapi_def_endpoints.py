"""On which threads do my `def` endpoints run, and is that wrong?"""

import asyncio
import socket
import time

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()


@app.get("/report/{number}")
def report(number: int):
    time.sleep(0.25)
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
        print(await asyncio.gather(*(ask(session, f"{base}/report/{n}") for n in range(8))))
    server.should_exit = True
    await serving


asyncio.run(main())
