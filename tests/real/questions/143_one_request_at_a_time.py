"""Eight requests a second, though all is `async def`: is the event loop blocked? No: `ab -c 1` asks one at a time."""

import asyncio
import http.client
import socket
import threading

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.middleware("http")
async def timing(request, call_next):
    response = await call_next(request)
    response.headers["server-timing"] = "app"
    return response


@app.get("/search")
async def search():
    await asyncio.sleep(0.08)
    return {"hits": 3}


def benchmark(port, server):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(12):
        connection.request("GET", "/search")
        print(connection.getresponse().read())
    connection.close()
    server.should_exit = True


with socket.create_server(("127.0.0.1", 0)) as sock:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    threading.Thread(target=benchmark, args=(sock.getsockname()[1], server), name="ab").start()
    server.run(sockets=[sock])
