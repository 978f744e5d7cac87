"""Three shards of a store, each with a lasting loop in a thread of its own, as intended."""

import asyncio
import contextlib
import threading


class Shard:
    def __init__(self, name):
        self.data = {}
        self.ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), name=f"shard-{name}")

    async def serve(self):
        self.loop = asyncio.get_running_loop()
        self.stopped = asyncio.Event()
        self.ready.set()
        await self.stopped.wait()

    async def put(self, key, value):
        await asyncio.sleep(0.1)
        self.data[key] = value


@contextlib.contextmanager
def running(*names):
    shards = [Shard(name) for name in names]
    for shard in shards:
        shard.thread.start()
        shard.ready.wait()
    yield shards
    for shard in shards:
        shard.loop.call_soon_threadsafe(shard.stopped.set)
        shard.thread.join()


async def put(shards, key):
    shard = shards[key % len(shards)]
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(shard.put(key, "v"), shard.loop))


async def main(shards):
    await asyncio.gather(*(put(shards, key) for key in range(30)))


with running("a", "b", "c") as shards:
    asyncio.run(main(shards))
