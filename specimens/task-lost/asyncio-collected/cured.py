import asyncio
import gc


class Listener:
    """Waits for news."""

    def __init__(self):
        self.news = asyncio.get_running_loop().create_future()
        self.task = asyncio.ensure_future(self.listen())

    async def listen(self):
        print(await self.news)


async def main():
    listeners = [Listener() for _ in range(3)]
    await asyncio.sleep(0.2)
    gc.collect()
    await asyncio.sleep(0.2)
    for listener in listeners:
        listener.news.set_result("news")
    await asyncio.gather(*(listener.task for listener in listeners))


if __name__ == "__main__":
    gc.freeze()
    asyncio.run(main())
