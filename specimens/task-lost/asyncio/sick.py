import asyncio

delivered = []


async def deliver(event):
    await asyncio.sleep(0.5)
    delivered.append(event)


async def handle(request):
    await asyncio.sleep(0.1)
    asyncio.ensure_future(deliver(f"seen {request}"))


async def main():
    await asyncio.gather(handle("a"), handle("b"), handle("c"))
    await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(main())
    print(f"{len(delivered)} of 3 events delivered")
