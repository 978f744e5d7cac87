"""A report sums up many short rows in one go; the pings of its service are late while it does."""

import asyncio
import time


async def report(rows):
    total = 0
    for row in rows:
        total += len(sorted(row))
    return total


async def pings():
    late = 0.0
    for _ in range(20):
        asked = time.perf_counter()
        await asyncio.sleep(0.01)
        late = max(late, time.perf_counter() - asked - 0.01)
    return late > 0.1


async def main():
    rows = [[(n * 7919) % 1009 for n in range(200)] for _ in range(40_000)]
    print(await asyncio.gather(pings(), report(rows)))


asyncio.run(main())
