"""`database_server.py READY`: aiohttp answers with rows of an SQLite database, read through aiosqlite's thread."""

import sys

import aiosqlite
import serving
from aiohttp import web


async def handle(request):
    async with request.app["database"].execute("SELECT id, name FROM items WHERE id < 20") as cursor:
        rows = await cursor.fetchall()
    return web.json_response([{"id": number, "name": name} for number, name in rows])


async def main(ready):
    async with aiosqlite.connect(":memory:") as database:
        await database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)")
        await database.executemany(
            "INSERT INTO items VALUES (?, ?)", ((n, "item %d" % n) for n in range(100))
        )
        app = web.Application()
        app["database"] = database
        app.router.add_get("/", handle)
        await serving.aiohttp_application(app, ready)


if __name__ == "__main__":
    serving.run(main(sys.argv[1]))
