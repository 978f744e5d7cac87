"""Many short tasks, each with one wait: `short_tasks.py TASKS`."""

import asyncio
import sys


async def one():
    await asyncio.sleep(0.001)


async def main(count):
    for _ in range(count // 1000):
        await asyncio.gather(*(one() for _ in range(1000)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
