"""Django under ASGI: the views are async and the requests still come one after the other."""

import asyncio
import time

import django
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import JsonResponse
from django.urls import path
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def audit(get_response):
    async def middleware(request):
        write_audit(request.path)
        return await get_response(request)

    return middleware


def write_audit(where):
    time.sleep(0.15)


settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", MIDDLEWARE=[f"{__name__}.audit"]
)


async def orders(request, user):
    await asyncio.sleep(0.05)
    return JsonResponse({"orders": [user]})


urlpatterns = [path("orders/<user>", orders)]


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
    print(
        await asyncio.gather(*(ask(application, f"/orders/{user}") for user in ("ada", "bob", "eve", "kim")))
    )


asyncio.run(main())
