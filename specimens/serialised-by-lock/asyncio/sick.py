import asyncio


class PriceCache:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._prices = {}

    async def price(self, article):
        async with self._lock:
            if article not in self._prices:
                self._prices[article] = await self._ask_supplier(article)
            return self._prices[article]

    async def _ask_supplier(self, article):
        await asyncio.sleep(0.12)
        return len(article)


async def main():
    cache = PriceCache()
    articles = ["nail", "screw", "hammer", "saw", "glue"]
    prices = await asyncio.gather(*(cache.price(article) for article in articles))
    print(dict(zip(articles, prices)))


if __name__ == "__main__":
    asyncio.run(main())
