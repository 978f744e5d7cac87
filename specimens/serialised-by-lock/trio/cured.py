import trio


class PriceCache:
    def __init__(self):
        self._lock = trio.Lock()
        self._prices = {}

    async def price(self, article):
        async with self._lock:
            if article in self._prices:
                return self._prices[article]
        price = await self._ask_supplier(article)
        async with self._lock:
            self._prices[article] = price
        return self._prices[article]

    async def _ask_supplier(self, article):
        await trio.sleep(0.12)
        return len(article)


async def main():
    cache = PriceCache()
    async with trio.open_nursery() as nursery:
        for article in ("nail", "screw", "hammer", "saw", "glue"):
            nursery.start_soon(cache.price, article)
    print(cache._prices)


if __name__ == "__main__":
    trio.run(main)
