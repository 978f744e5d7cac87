import asyncio
import gc
import weakref


class Listener:
    """Waits for news that never come, and is referred to by nobody but itself."""

    def __init__(self):
        self.news = asyncio.get_running_loop().create_future()
        self.task = asyncio.ensure_future(self.listen())

    async def listen(self):
        print(await self.news)


async def main():
    listeners = weakref.WeakSet()
    for _ in range(3):
        listeners.add(Listener())
    await asyncio.sleep(0.2)
    gc.collect()
    await asyncio.sleep(0.2)
    for listener in listeners:
        listener.news.set_result("news")
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    gc.freeze()
    asyncio.run(main())
