"""Blocking reads on worker threads, as many as there are reads."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def read_tape(number):
    time.sleep(0.2 + number * 0.02)
    return f"tape {number}"


async def clock():
    for _ in range(10):
        await asyncio.sleep(0.03)


async def main():
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=6))
    reads = (asyncio.to_thread(read_tape, number) for number in range(6))
    *tapes, _ = await asyncio.gather(*reads, clock())
    print(tapes[-1])


if __name__ == "__main__":
    asyncio.run(main())
