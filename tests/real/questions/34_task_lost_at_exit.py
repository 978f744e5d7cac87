"""Not all of my log records arrive at the server."""

import asyncio

arrived = []


async def ship(record):
    await asyncio.sleep(0.3)
    arrived.append(record)


async def handle(number):
    await asyncio.sleep(0.05)
    asyncio.create_task(ship(f"handled {number}"))


async def main():
    await asyncio.gather(*(handle(number) for number in range(5)))
    await asyncio.sleep(0.1)


asyncio.run(main())
print(len(arrived), "of 5 records arrived")
