"""Three workers are started and looked after, and they run one after another."""

import asyncio
import time


async def worker(number, done):
    time.sleep(0.2)  # the printer's driver
    await asyncio.sleep(0.05)
    done.append(number)


async def main():
    done = []
    tasks = [asyncio.create_task(worker(number, done)) for number in range(3)]
    while len(done) < 3:
        await asyncio.sleep(0.02)
    print(done, len(tasks))


asyncio.run(main())
