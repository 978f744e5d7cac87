"""A Django view gathers four reports, and takes as long as if it asked for one after the other. Served by uvicorn."""

import asyncio
import socket
import threading
import time

import django
import httpx
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings

settings.configure(SECRET_KEY="x" * 50, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, LOGGING_CONFIG=None)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


def compute(name):
    time.sleep(0.12)
    return len(name)


async def dashboard(request):
    names = ("sales", "returns", "visits", "stock")
    return JsonResponse({"tiles": await asyncio.gather(*(sync_to_async(compute)(name) for name in names))})


urlpatterns = [path("dashboard", dashboard)]


async def browse(url):
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(3):
            print((await client.get("/dashboard")).json())


def main():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        asyncio.run(browse("http://127.0.0.1:%d" % sock.getsockname()[1]))
        server.should_exit = True
        thread.join()


main()
