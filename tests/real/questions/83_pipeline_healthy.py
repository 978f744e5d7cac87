"""Bounded pipeline with three stages and workers: healthy."""

import asyncio


async def stage(source, sink, seconds, workers):
    async def work():
        while (item := await source.get()) is not None:
            await asyncio.sleep(seconds)
            await sink.put(item)
        source.put_nowait(None)

    await asyncio.gather(*(work() for _ in range(workers)))
    await sink.put(None)


async def main():
    read, parsed, stored = asyncio.Queue(), asyncio.Queue(), asyncio.Queue()
    for n in range(12):
        read.put_nowait(n)
    read.put_nowait(None)
    await asyncio.gather(stage(read, parsed, 0.05, 4), stage(parsed, stored, 0.05, 4))
    print(stored.qsize())


asyncio.run(main())
