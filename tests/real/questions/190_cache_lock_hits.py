"""My cache asks the supplier only for what it does not know, and yet pages wait even for what it does know."""

import asyncio
import random


class Cache:
    def __init__(self, fetch):
        self.fetch = fetch
        self.lock = asyncio.Lock()
        self.values = {}

    async def get(self, key):
        async with self.lock:
            if key not in self.values:
                self.values[key] = await self.fetch(key)
            return self.values[key]


async def fetch(key):
    await asyncio.sleep(0.05)
    return key * 2


async def page(cache, keys):
    return sum([await cache.get(key) for key in keys])


async def main():
    numbers = random.Random(8)
    cache = Cache(fetch)
    wanted = [[numbers.randrange(16) for _ in range(6)] for _ in range(10)]
    pages = [asyncio.create_task(page(cache, keys)) for keys in wanted]
    print(sum(await asyncio.gather(*pages)))


asyncio.run(main())
