"""Is my service asynchronous?"""

import asyncio
import socket

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()


@app.get("/wait/{number}")
async def wait(number: int):
    await asyncio.sleep(0.2)
    return {"number": number}


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
        print(await asyncio.gather(*(ask(session, f"{base}/wait/{n}") for n in range(12))))
    server.should_exit = True
    await serving


asyncio.run(main())
