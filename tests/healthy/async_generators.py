"""Measurements as they come in, through a chain of asynchronous generators."""

import asyncio


async def measurements(count):
    for number in range(count):
        await asyncio.sleep(0.02)
        yield number * 1.5


async def smoothed(values, window=4):
    recent = []
    async for value in values:
        recent = [*recent[-window + 1 :], value]
        yield sum(recent) / len(recent)


async def watch(name, count):
    last = 0.0
    async for value in smoothed(measurements(count)):
        last = value
    return f"{name}: {last:.1f}"


async def main():
    print(await asyncio.gather(watch("left", 20), watch("right", 15)))


if __name__ == "__main__":
    asyncio.run(main())
