"""aiohttp server: one slow report blocks /health."""

import asyncio
import sqlite3

import aiohttp
from aiohttp import web

SLOW = "with recursive c(x) as (select 1 union all select x+1 from c where x < 400000) select sum(x) from c"


class Reports:
    def __init__(self, path=":memory:"):
        self.db = sqlite3.connect(path)

    def total(self):
        cursor = self.db.cursor()
        cursor.execute(SLOW)
        return cursor.fetchone()[0]


async def report(request):
    return web.json_response({"total": request.app["reports"].total()})


async def health(request):
    return web.Response(text="ok")


async def main():
    app = web.Application()
    app["reports"] = Reports()
    app.add_routes([web.get("/report", report), web.get("/health", health)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:

        async def get(path):
            async with session.get(base + path) as answer:
                return await answer.text()

        print(
            await asyncio.gather(*(get(p) for p in ["/report", "/health", "/report", "/health", "/report"]))
        )
    await runner.cleanup()


asyncio.run(main())
