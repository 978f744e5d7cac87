import asyncio


async def fetch_price(shop, delay):
    print(f"asking {shop}")
    await asyncio.sleep(delay)
    print(f"{shop} answered")
    return delay * 100


async def main():
    prices = await asyncio.gather(
        fetch_price("north", 0.2),
        fetch_price("south", 0.15),
        fetch_price("west", 0.25),
    )
    print(f"cheapest: {min(prices):.0f}")


if __name__ == "__main__":
    asyncio.run(main())
