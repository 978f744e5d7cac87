"""I use no threads.  Why does my program have a thread called asyncio_0?"""

import asyncio
import socket

from aiohttp import web


async def hello(request):
    await asyncio.sleep(0.1)
    return web.Response(text="hello")


async def fetch(port):
    reader, writer = await asyncio.open_connection("localhost", port, family=socket.AF_INET)
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    text = await reader.read()
    writer.close()
    return text[-5:]


async def main():
    app = web.Application()
    app.add_routes([web.get("/", hello)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    print(await asyncio.gather(*(fetch(port) for _ in range(4))))
    await runner.cleanup()


asyncio.run(main())
