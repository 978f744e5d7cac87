"""Each report stops the dashboard's clock: first while it is reckoned, then while it is packed."""

import asyncio
import json
import math
import zlib


class Report:
    def build(self, month):
        table = {}
        for day in range(60_000):
            table[f"{month}-{day}"] = math.sqrt(day) * 1.07
        text = "\n".join(f"{key}={value:.3f}" for key, value in table.items())
        return zlib.compress(json.dumps(text).encode(), 9)


async def clock(ticks):
    while True:
        await asyncio.sleep(0.02)
        ticks.append(1)


async def main():
    ticks = []
    ticking = asyncio.create_task(clock(ticks))
    report = Report()
    for month in range(4):
        await asyncio.sleep(0.1)
        print(len(report.build(month)))
    ticking.cancel()


asyncio.run(main())
