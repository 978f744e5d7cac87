import asyncio


class PriceCache:
    def __init__(self):
        self._prices = {}

    async def price(self, article):
        if article not in self._prices:
            # One question for each article, whoever asks first; the others await the same task.
            self._prices[article] = asyncio.ensure_future(self._ask_supplier(article))
        return await self._prices[article]

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
