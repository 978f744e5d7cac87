"""An ASGI application for hypercorn's trio workers: one path blocks, one is right."""

import time

import trio


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": message["type"] + ".complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    _, kind, number = scope["path"].split("/")
    body = render(number) if kind == "price" else await look_up(number)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


def render(number):
    time.sleep(0.08)
    return f"page {number}".encode()


async def look_up(number):
    await trio.sleep(0.05)
    return number.encode()
