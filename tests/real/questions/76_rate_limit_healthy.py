"""A wanted rate limit: a client that may call 20 times a second."""

import asyncio
import time


class Throttle:
    def __init__(self, per_second):
        self.gap = 1 / per_second
        self.next = 0.0

    async def __aenter__(self):
        now = time.monotonic()
        at = max(self.next, now)
        self.next = at + self.gap
        await asyncio.sleep(at - now)

    async def __aexit__(self, *exc):
        pass


async def call(throttle, n):
    async with throttle:
        await asyncio.sleep(0.03)
        return n


async def main():
    throttle = Throttle(20)
    print(await asyncio.gather(*(call(throttle, n) for n in range(10))))


asyncio.run(main())
