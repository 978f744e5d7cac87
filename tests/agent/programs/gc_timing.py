# How often the collector runs, and what it finds, does not depend on us.
import asyncio
import gc

counts = []


def note(phase, info):
    if phase == "start":
        counts.append(info["generation"])


async def work():
    await asyncio.sleep(0)


async def main():
    await asyncio.gather(*(work() for _ in range(10)))
    gc.collect()
    gc.callbacks.append(note)
    for _ in range(300):
        await asyncio.gather(*(work() for _ in range(10)))
    gc.callbacks.remove(note)


asyncio.run(main())
print(0 < len(counts))
