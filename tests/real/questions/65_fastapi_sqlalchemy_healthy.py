"""A service on SQLAlchemy's async engine with room in its pool."""

import asyncio
import socket
import tempfile

import aiohttp
import fastapi
import uvicorn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

app = fastapi.FastAPI()
folder = tempfile.TemporaryDirectory()
engine = create_async_engine(f"sqlite+aiosqlite:///{folder.name}/shop.db", pool_size=20)


@app.get("/stock/{number}")
async def stock(number: int):
    async with engine.connect() as connection:
        rows = await connection.execute(text("select :number"), {"number": number})
        found = rows.one()[0]
    await asyncio.sleep(0.1)
    return {"stock": found}


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
        print(await asyncio.gather(*(ask(session, f"{base}/stock/{n}") for n in range(10))))
    server.should_exit = True
    await serving
    await engine.dispose()


asyncio.run(main())
folder.cleanup()
