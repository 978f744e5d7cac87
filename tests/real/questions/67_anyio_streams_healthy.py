"""anyio: producers and consumers over a memory channel."""

import anyio


async def produce(stream, count):
    async with stream:
        for number in range(count):
            await anyio.sleep(0.02)
            await stream.send(number)


async def consume(stream, total):
    async with stream:
        async for number in stream:
            total.append(number)


async def main():
    total = []
    sending, receiving = anyio.create_memory_object_stream(10)
    async with anyio.create_task_group() as group:
        async with sending, receiving:
            for _ in range(5):
                group.start_soon(produce, sending.clone(), 20)
                group.start_soon(consume, receiving.clone(), total)
    print(len(total))


anyio.run(main)
