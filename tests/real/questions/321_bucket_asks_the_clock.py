"""My rate limiter keeps its rate, and one core is at 100 %."""

import asyncio, time


class Bucket:
    def __init__(self, rate):
        self.rate, self.tokens, self.at = rate, 1.0, time.monotonic()

    async def take(self):
        while True:
            now = time.monotonic()
            self.tokens = min(1.0, self.tokens + (now - self.at) * self.rate)
            self.at = now
            if self.tokens >= 1:
                self.tokens -= 1
                return
            await asyncio.sleep(0)


async def call(bucket, i):
    await bucket.take()
    await asyncio.sleep(0.05)
    return i


async def main():
    b = Bucket(15)
    print(await asyncio.gather(*(call(b, i) for i in range(15))))


asyncio.run(main())
