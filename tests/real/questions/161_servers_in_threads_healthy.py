"""A gateway and its upstream, each served by uvicorn in a thread, both started by one line of a helper."""

import asyncio
import contextlib
import socket
import threading
import time

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def profile(request):
    await asyncio.sleep(0.1)
    return PlainTextResponse("profile")


async def me(request):
    return PlainTextResponse((await request.app.state.upstream.get("/profile")).text)


@contextlib.contextmanager
def serving(app):
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    server.should_exit = True
    thread.join()


async def traffic(url):
    async with httpx.AsyncClient(base_url=url) as client:
        await asyncio.gather(*(client.get("/me") for _ in range(10)))


gateway = Starlette(routes=[Route("/me", me)])
with serving(Starlette(routes=[Route("/profile", profile)])) as upstream, serving(gateway) as url:
    gateway.state.upstream = httpx.AsyncClient(base_url=upstream)
    asyncio.run(traffic(url))
