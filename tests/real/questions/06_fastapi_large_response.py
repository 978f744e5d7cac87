"""The query is fast, yet everything stops when somebody downloads the list."""

import asyncio
import socket

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()
ROWS = [
    {"number": n, "name": f"article {n}", "tags": ["a", "b", {"c": n}], "price": n / 7} for n in range(12000)
]


@app.get("/articles")
async def articles():
    return ROWS


@app.get("/health")
async def health():
    await asyncio.sleep(0.01)
    return {"ok": True}


async def ask(session, url):
    async with session.get(url) as answer:
        return len(await answer.read())


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        asked = [ask(session, f"{base}/articles") for _ in range(2)]
        asked += [ask(session, f"{base}/health") for _ in range(6)]
        print(await asyncio.gather(*asked))
    server.should_exit = True
    await serving


asyncio.run(main())
