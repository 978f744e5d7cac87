import asyncio


async def listing():
    for name in ("a.csv", "b.csv", "c.csv", "d.csv"):
        await asyncio.sleep(0.01)
        yield name


async def upload(name):
    await asyncio.sleep(0.15)
    return f"{name} stored"


async def main():
    uploads = []
    async for name in listing():
        uploads.append(asyncio.create_task(upload(name)))
    for stored in await asyncio.gather(*uploads):
        print(stored)


if __name__ == "__main__":
    asyncio.run(main())
