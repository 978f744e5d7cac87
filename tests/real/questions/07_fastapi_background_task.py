"""I moved the slow part into a background task.  Why do other requests still wait for it?"""

import asyncio
import socket
import time

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()


async def write_invoice(number):
    time.sleep(0.3)
    print(f"invoice {number} written")


@app.post("/order/{number}")
async def order(number: int, background: fastapi.BackgroundTasks):
    background.add_task(write_invoice, number)
    return {"order": number}


async def post(session, url):
    async with session.post(url) as answer:
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
        print(await asyncio.gather(*(post(session, f"{base}/order/{n}") for n in range(3))))
    server.should_exit = True
    await serving


asyncio.run(main())
