"""No single step is slow, but the ticker is late all the time."""

import asyncio
import json

LINE = json.dumps({"readings": [{"n": n, "value": n / 3, "unit": "volt"} for n in range(1000)]})


async def consume(lines):
    total = 0
    for _ in range(lines):
        record = json.loads(LINE)
        total += len(record["readings"])
        await asyncio.sleep(0)
    return total


async def ticker():
    for _ in range(20):
        await asyncio.sleep(0.01)


async def main():
    print(await asyncio.gather(*(consume(30) for _ in range(40)), ticker()))


asyncio.run(main())
