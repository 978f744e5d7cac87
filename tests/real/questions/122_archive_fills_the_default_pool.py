"""Archiving pages is in to_thread, and now looking up a name takes half a second."""

import asyncio
import os
import time


def archive(page):
    time.sleep(0.4)
    return page


async def store(pages):
    return await asyncio.gather(*(asyncio.to_thread(archive, page) for page in pages))


async def connect(number):
    begun = time.perf_counter()
    await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 8000 + number)
    return time.perf_counter() - begun


async def main():
    workers = min(32, (os.cpu_count() or 1) + 4)
    storing = asyncio.create_task(store(range(3 * workers)))
    await asyncio.sleep(0.05)
    print("connecting took", max([await connect(number) for number in range(2)]))
    print(len(await storing), "pages archived")


asyncio.run(main())
