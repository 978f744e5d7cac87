"""Where does the ORM part of my async Django view run?"""

import asyncio
import time

import django
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", MIDDLEWARE=[])


def load_orders(user):
    time.sleep(0.15)
    return [f"order of {user}"]


async def orders(request, user):
    found = await sync_to_async(load_orders)(user)
    return JsonResponse({"orders": found})


def sync_orders(request, user):
    return JsonResponse({"orders": load_orders(user)})


urlpatterns = [path("orders/<user>", orders), path("sync/<user>", sync_orders)]


async def ask(application, where):
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": where,
        "raw_path": where.encode(),
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }
    communicator = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "http.request", "body": b""})
    await communicator.receive_output(2)
    return (await communicator.receive_output(2))["body"]


async def main():
    django.setup()
    application = get_asgi_application()
    await ask(application, "/orders/warm-up")
    users = ("ada", "bob", "eve")
    asked = [ask(application, f"/{view}/{user}") for view in ("orders", "sync") for user in users]
    print(await asyncio.gather(*asked))


asyncio.run(main())
