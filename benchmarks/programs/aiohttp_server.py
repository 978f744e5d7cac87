"""`aiohttp_server.py READY`: a small JSON answer from aiohttp."""

import asyncio
import sys

import serving
from aiohttp import web


async def handle(request):
    await asyncio.sleep(0)
    return web.json_response({"path": request.path, "items": [1, 2, 3]})


if __name__ == "__main__":
    app = web.Application()
    app.router.add_get("/", handle)
    serving.run(serving.aiohttp_application(app, sys.argv[1]))
