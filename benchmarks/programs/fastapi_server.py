"""`fastapi_server.py READY LOOP HTTP`: FastAPI under uvicorn on `asyncio` or `uvloop`, with `h11` or `httptools`."""

import asyncio
import sys

import serving
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def handle():
    await asyncio.sleep(0)
    return {"items": [1, 2, 3]}


if __name__ == "__main__":
    ready, loop, http = sys.argv[1:4]
    serving.run(serving.uvicorn_application(app, ready, http), loop)
