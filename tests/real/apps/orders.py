"""A Django project in one file: async views that reach a blocking function through `sync_to_async`."""

import asyncio
import time

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", MIDDLEWARE=[])


def load_orders(user):
    time.sleep(0.1)
    return [f"order of {user}"]


async def orders(request, user):
    return JsonResponse({"orders": await sync_to_async(load_orders)(user)})


async def healthy(request, user):
    await asyncio.sleep(0.05)
    return JsonResponse({"user": user})


urlpatterns = [path("orders/<user>", orders), path("healthy/<user>", healthy)]
django.setup()
app = get_asgi_application()
