"""The work runs in a worker thread, and yet nothing else happens meanwhile."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=4)


def query(number):
    time.sleep(0.2)
    return number


async def fetch(number):
    future = pool.submit(query, number)
    return future.result()


async def main():
    print(await asyncio.gather(*(fetch(number) for number in range(4))))


asyncio.run(main())
pool.shutdown()
