import asyncio


async def store(item):
    await asyncio.sleep(0.15)
    print(f"stored {item}")


class Basket:
    async def add(self, item):
        await store(item)


async def shop(item):
    await asyncio.sleep(0.01)
    await Basket().add(item)


async def main():
    await asyncio.gather(shop("apples"), shop("bread"), shop("cheese"))


if __name__ == "__main__":
    asyncio.run(main())
