import anyio


class PriceCache:
    def __init__(self):
        self._lock = anyio.Lock()
        self._prices = {}

    async def price(self, article):
        async with self._lock:
            if article in self._prices:
                return self._prices[article]
            self._prices[article] = await self._ask_supplier(article)
        return self._prices[article]

    async def _ask_supplier(self, article):
        await anyio.sleep(0.12)
        return len(article)


async def main():
    cache = PriceCache()
    async with anyio.create_task_group() as group:
        for article in ("nail", "screw", "hammer", "saw", "glue"):
            group.start_soon(cache.price, article)
    print(cache._prices)


if __name__ == "__main__":
    anyio.run(main, backend="trio")
