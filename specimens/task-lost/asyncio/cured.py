import asyncio

delivered = []
deliveries = set()


async def deliver(event):
    await asyncio.sleep(0.5)
    delivered.append(event)


async def handle(request):
    await asyncio.sleep(0.1)
    deliveries.add(asyncio.ensure_future(deliver(f"seen {request}")))


async def main():
    await asyncio.gather(handle("a"), handle("b"), handle("c"))
    await asyncio.gather(*deliveries)


if __name__ == "__main__":
    asyncio.run(main())
    print(f"{len(delivered)} of 3 events delivered")
