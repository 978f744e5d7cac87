"""Steps that are spread over the run, so that none is drawn as one with another: `spread_tasks.py STEPS`."""

import asyncio
import sys

TASKS = 100


async def one(number, steps):
    await asyncio.sleep(0.0002 * number)
    for _ in range(steps):
        await asyncio.sleep(0.02)


async def main(steps):
    await asyncio.gather(*(one(number, steps // TASKS) for number in range(TASKS)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
