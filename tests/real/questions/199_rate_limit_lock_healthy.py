"""Tasks queue for the lock of my rate limiter, all but the first ten. The other side allows no more."""

import asyncio
import time
from collections import deque


class RateLimiter:
    def __init__(self, count, seconds):
        self.count, self.seconds = count, seconds
        self.starts = deque()
        self.lock = asyncio.Lock()

    async def acquire(self):
        async with self.lock:
            now = time.monotonic()
            while self.starts and now - self.starts[0] >= self.seconds:
                self.starts.popleft()
            if len(self.starts) >= self.count:
                await asyncio.sleep(self.seconds - (now - self.starts[0]))
                self.starts.popleft()
            self.starts.append(time.monotonic())


async def locate(limiter, address):
    await limiter.acquire()
    await asyncio.sleep(0.05)
    return len(address)


async def main():
    limiter = RateLimiter(10, 0.3)
    print(sum(await asyncio.gather(*(locate(limiter, f"street {n}") for n in range(35)))))


asyncio.run(main())
