"""Rendering a big template per request (jinja2) on the loop."""

import asyncio

import httpx
from jinja2 import Template
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

TEMPLATE = Template(
    "<ul>{% for row in rows %}<li>{{ row.name|upper }}: {{ '%0.2f'|format(row.price) }}</li>{% endfor %}</ul>"
)
ROWS = [{"name": f"product {n}", "price": n / 7} for n in range(30000)]


async def catalogue(request):
    return HTMLResponse(TEMPLATE.render(rows=ROWS))


async def ping(request):
    return HTMLResponse("pong")


app = Starlette(routes=[Route("/", catalogue), Route("/ping", ping)])


async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t") as client:
        answers = await asyncio.gather(*(client.get(path) for path in ["/", "/ping", "/", "/ping", "/"]))
        print([len(a.text) for a in answers])


asyncio.run(main())
