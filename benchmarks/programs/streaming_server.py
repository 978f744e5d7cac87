"""`streaming_server.py READY`: Starlette under uvicorn streams an answer of twenty pieces."""

import asyncio
import sys

import serving
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route


async def pieces():
    for number in range(20):
        await asyncio.sleep(0)
        yield b"piece %d\n" % number


async def handle(request):
    return StreamingResponse(pieces(), media_type="text/plain")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/", handle)])
    serving.run(serving.uvicorn_application(app, sys.argv[1]))
