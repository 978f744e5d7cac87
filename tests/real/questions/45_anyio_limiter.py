"""anyio: my worker threads seem to run two at a time."""

import time

import anyio
import anyio.to_thread


def thumbnail(number):
    time.sleep(0.15)
    return number


async def make(number, limiter, made):
    made.append(await anyio.to_thread.run_sync(thumbnail, number, limiter=limiter))


async def main():
    limiter = anyio.CapacityLimiter(2)
    made = []
    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(make, number, limiter, made)
    print(sorted(made))


anyio.run(main)
