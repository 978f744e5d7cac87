"""My solver gives way with sleep(0) every few thousand positions; the clock on the screen still stutters."""

import asyncio
import time


def safe(rows, column):
    here = len(rows)
    return all(column != at and abs(column - at) != here - row for row, at in enumerate(rows))


async def queens(size, found_enough):
    """All ways to set so many queens; gives way every 2 ms."""
    stack, found, since = [[]], 0, time.perf_counter()
    while stack and found < found_enough:
        rows = stack.pop()
        if len(rows) == size:
            found += 1
            continue
        stack.extend([*rows, column] for column in range(size) if safe(rows, column))
        if time.perf_counter() - since > 0.002:
            await asyncio.sleep(0)
            since = time.perf_counter()
    return found


async def clock(ticks):
    for _ in range(ticks):
        await asyncio.sleep(0.01)


async def main():
    ticking = asyncio.create_task(clock(60))
    print(await queens(10, 700))
    await ticking


asyncio.run(main())
