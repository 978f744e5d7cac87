"""The endpoint only awaits; still the requests come one after the other."""

import asyncio
import socket
import sqlite3
import tempfile
import threading
import time

import aiohttp
import fastapi
import uvicorn

folder = tempfile.TemporaryDirectory()
path = f"{folder.name}/users.db"
app = fastapi.FastAPI()


async def current_user():
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        connection.execute("begin immediate")
        connection.execute("update visits set n = n + 1")
        connection.execute("commit")
        return "ada"
    finally:
        connection.close()


@app.get("/me")
async def me(user: str = fastapi.Depends(current_user)):
    await asyncio.sleep(0.01)
    return {"user": user}


@app.get("/news")
async def news():
    await asyncio.sleep(0.02)
    return {"news": 3}


def nightly_job(started):
    """Another program's long transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("begin exclusive")
    started.set()
    time.sleep(0.5)
    connection.execute("commit")
    connection.close()


async def ask(session, url):
    async with session.get(url) as answer:
        return await answer.json()


async def main():
    connection = sqlite3.connect(path)
    connection.execute("create table visits (n)")
    connection.execute("insert into visits values (0)")
    connection.commit()
    connection.close()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    started = threading.Event()
    job = threading.Thread(target=nightly_job, args=(started,))
    job.start()
    await asyncio.to_thread(started.wait)
    async with aiohttp.ClientSession() as session:
        asked = [ask(session, f"{base}/me")] + [ask(session, f"{base}/news") for _ in range(3)]
        print(await asyncio.gather(*asked))
    server.should_exit = True
    await serving
    await asyncio.to_thread(job.join)


asyncio.run(main())
folder.cleanup()
