"""I use a thread pool, and the heartbeat still stops."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def resize(number):
    time.sleep(0.2)
    return number * 2


async def resize_all(numbers):
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(resize, numbers))


async def heartbeat():
    for _ in range(20):
        await asyncio.sleep(0.02)


async def main():
    beating = asyncio.create_task(heartbeat())
    await asyncio.sleep(0.01)
    print(await resize_all(range(8)))
    await beating


asyncio.run(main())
