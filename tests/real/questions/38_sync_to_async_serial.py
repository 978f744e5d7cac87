"""I wrapped the slow function in sync_to_async and gathered the calls; they still run one by one."""

import asyncio
import time

from asgiref.sync import sync_to_async


def load(number):
    time.sleep(0.15)
    return number


async def main():
    print(await asyncio.gather(*(sync_to_async(load)(number) for number in range(5))))


asyncio.run(main())
