import asyncio


async def listing():
    for name in ("a.csv", "b.csv", "c.csv", "d.csv"):
        await asyncio.sleep(0.01)
        yield name


async def upload(name):
    await asyncio.sleep(0.15)
    return f"{name} stored"


async def main():
    async for name in listing():
        print(await upload(name))


if __name__ == "__main__":
    asyncio.run(main())
