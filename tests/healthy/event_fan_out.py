"""Fifty tasks wait for one event."""

import asyncio


async def runner(start, finished, number):
    await start.wait()
    await asyncio.sleep(0.1 + number * 0.002)
    finished.append(number)


async def main():
    start = asyncio.Event()
    finished = []
    runners = [asyncio.ensure_future(runner(start, finished, number)) for number in range(50)]
    await asyncio.sleep(0.15)
    start.set()
    await asyncio.wait(runners)
    print(f"{len(finished)} finished, {finished[0]} first")


if __name__ == "__main__":
    asyncio.run(main())
