import asyncio


async def stock_of(article):
    await asyncio.sleep(0.1)
    return article * 3


async def main():
    stocks = [await stock_of(article) for article in range(6)]
    print(sum(stocks), "pieces")


if __name__ == "__main__":
    asyncio.run(main())
