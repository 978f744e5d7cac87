import asyncio


async def write(queue):
    while True:
        row = await queue.get()
        if row is None:
            break
        await asyncio.sleep(0.05)
    print("all rows written")


async def read(queue):
    for number in range(12):
        await asyncio.sleep(0.005)
        await queue.put(f"row {number}")
    await queue.put(None)


async def main():
    queue = asyncio.Queue(maxsize=100)
    await asyncio.gather(read(queue), write(queue))


if __name__ == "__main__":
    asyncio.run(main())
