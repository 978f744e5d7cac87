"""`fastapi_server.py READY LOOP`: FastAPI under uvicorn on `asyncio` or `uvloop`, until SIGINT."""

import asyncio
import contextlib
import os
import socket
import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def handle():
    await asyncio.sleep(0)
    return {"items": [1, 2, 3]}


async def main(ready):
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, http="h11"))
    serving = asyncio.ensure_future(server.serve([listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    with open(ready + ".part", "w") as file:
        print(os.getpid(), listening.getsockname()[1], file=file)
    os.rename(ready + ".part", ready)
    await serving


if __name__ == "__main__":
    factory = None
    if sys.argv[2] == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1]), loop_factory=factory)
