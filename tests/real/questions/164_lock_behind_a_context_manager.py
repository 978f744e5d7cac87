"""The token cache came from Flask with its lock, behind a context manager; since then requests time out."""

import asyncio
import contextlib
import threading


class Tokens:
    def __init__(self):
        self.lock = threading.Lock()

    @contextlib.contextmanager
    def exclusive(self):
        if not self.lock.acquire(timeout=0.4):
            raise TimeoutError("the cache is busy")
        try:
            yield
        finally:
            self.lock.release()

    async def refreshed(self):
        await asyncio.sleep(0.05)
        return "token"

    async def get(self):
        with self.exclusive():
            return await self.refreshed()


async def watch(stopped):  # another thread is there, and has nothing to do with it
    await asyncio.to_thread(stopped.wait)


async def main():
    tokens, stopped = Tokens(), threading.Event()
    watching = asyncio.create_task(watch(stopped))
    print(await asyncio.gather(*(tokens.get() for _ in range(3)), return_exceptions=True))
    stopped.set()
    await watching


asyncio.run(main())
