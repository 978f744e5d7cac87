"""Ten queries through aiosqlite take ten times as long as one."""

import asyncio
import time

import aiosqlite


def slow(seconds):
    time.sleep(seconds)
    return seconds


async def query(database, number):
    async with database.execute("select slow(0.1), ?", (number,)) as cursor:
        return (await cursor.fetchone())[1]


async def main():
    async with aiosqlite.connect(":memory:") as database:
        await database.create_function("slow", 1, slow)
        print(await asyncio.gather(*(query(database, number) for number in range(8))))


asyncio.run(main())
