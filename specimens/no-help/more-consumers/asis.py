import asyncio


async def store(queue):
    while True:
        reading = await queue.get()
        await asyncio.sleep(0.03)
        print(f"stored {reading}")
        queue.task_done()


async def measure(queue):
    for number in range(12):
        await asyncio.sleep(0.05)
        queue.put_nowait(number)


async def main():
    queue = asyncio.Queue()
    consumers = [asyncio.create_task(store(queue)) for _ in range(2)]
    await measure(queue)
    await queue.join()
    for consumer in consumers:
        consumer.cancel()
    await asyncio.gather(*consumers, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
