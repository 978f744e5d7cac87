"""`aiohttp_server.py READY`: writes its process and port into READY, and serves until SIGINT."""

import asyncio
import contextlib
import os
import sys

from aiohttp import web


async def handle(request):
    await asyncio.sleep(0)
    return web.json_response({"path": request.path, "items": [1, 2, 3]})


async def main(ready):
    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    with open(ready + ".part", "w") as file:
        print(os.getpid(), port, file=file)
    os.rename(ready + ".part", ready)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1]))
