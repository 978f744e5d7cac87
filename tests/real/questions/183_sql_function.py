"""A search with a ranking function in SQL; the function is slow, and so is everything else meanwhile."""

import asyncio
import sqlite3
import time


def rank(text):
    time.sleep(0.05)
    return len(text)


def search(word):
    database = sqlite3.connect(":memory:")
    database.create_function("rank", 1, rank)
    return database.execute("select rank(?)", (word,)).fetchone()[0]


async def answer(word):
    await asyncio.sleep(0.01)
    return search(word)


async def main():
    print(await asyncio.gather(*(answer("abcdef"[:n]) for n in range(1, 7))))


asyncio.run(main())
