"""wait_for around to_thread: timeouts do not stop the threads; pool is full."""

import asyncio
import time


def slow_report(n):
    time.sleep(0.5)
    return n


async def report(n):
    try:
        return await asyncio.wait_for(asyncio.to_thread(slow_report, n), 0.1)
    except asyncio.TimeoutError:
        return None


async def main():
    for wave in range(3):
        print(await asyncio.gather(*(report(n) for n in range(8))))


asyncio.run(main())
