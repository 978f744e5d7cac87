"""trio: my nursery's children do not overlap."""

import time

import trio


def measure(sensor):
    time.sleep(0.2)
    return sensor * 2


async def watch(sensor):
    await trio.sleep(0)
    print(sensor, measure(sensor))


async def main():
    async with trio.open_nursery() as nursery:
        for sensor in range(4):
            nursery.start_soon(watch, sensor)


trio.run(main)
