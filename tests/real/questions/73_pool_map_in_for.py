"""ThreadPoolExecutor.map consumed with a for loop in a coroutine."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)


def thumbnail(name):
    time.sleep(0.08)
    return name


async def build_gallery(names):
    gallery = []
    for made in pool.map(thumbnail, names):
        gallery.append(made)
    return gallery


async def spinner():
    for _ in range(10):
        await asyncio.sleep(0.03)


async def main():
    print(await asyncio.gather(build_gallery([f"{n}.png" for n in range(12)]), spinner()))


asyncio.run(main())
