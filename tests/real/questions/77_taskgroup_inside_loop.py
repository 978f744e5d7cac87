"""TaskGroup inside the for loop."""

import asyncio


async def fetch(n):
    await asyncio.sleep(0.08)


async def main():
    for n in range(6):
        async with asyncio.TaskGroup() as group:
            group.create_task(fetch(n))


asyncio.run(main())
