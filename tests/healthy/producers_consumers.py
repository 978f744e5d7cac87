"""Three producers, five consumers that keep up, one bounded queue."""

import asyncio


async def produce(queue, name):
    for number in range(15):
        await asyncio.sleep(0.02)
        await queue.put(f"{name}{number}")


async def consume(queue, done):
    while True:
        item = await queue.get()
        await asyncio.sleep(0.005)
        done.append(item)
        queue.task_done()


async def main():
    queue = asyncio.Queue(maxsize=50)
    done = []
    consumers = [asyncio.ensure_future(consume(queue, done)) for _ in range(5)]
    await asyncio.gather(*(produce(queue, name) for name in "abc"))
    await queue.join()
    for consumer in consumers:
        consumer.cancel()
    await asyncio.gather(*consumers, return_exceptions=True)
    print(len(done), "items consumed")


if __name__ == "__main__":
    asyncio.run(main())
