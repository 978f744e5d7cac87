"""The thumbnails are made in threads, and still one upload keeps the next one waiting."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

SIZES = (64, 256, 1024)


def thumbnail(name, size):
    time.sleep(0.12)
    return f"{name}-{size}"


def all_sizes(name):
    with ThreadPoolExecutor(len(SIZES)) as pool:
        jobs = [pool.submit(thumbnail, name, size) for size in SIZES]
    return [job.result() for job in jobs]


async def upload(name):
    await asyncio.sleep(0.01)
    return all_sizes(name)


async def main():
    made = await asyncio.gather(*(upload(f"photo{n}") for n in range(5)))
    print(sum(map(len, made)), "thumbnails")


asyncio.run(main())
