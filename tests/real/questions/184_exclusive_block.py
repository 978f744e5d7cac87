"""A refresh holds a thread's lock in a context manager of its own while it awaits; others give up after a while."""

import asyncio
import threading
import time
from contextlib import contextmanager

lock = threading.Lock()


@contextmanager
def exclusive():
    if not lock.acquire(timeout=0.3):
        raise TimeoutError
    try:
        yield
    finally:
        lock.release()


def hold():
    with exclusive():
        time.sleep(0.2)


async def refresh():
    await asyncio.sleep(0.02)
    with exclusive():
        await asyncio.sleep(0.01)
    return "fresh"


async def ticks():
    for _ in range(20):
        await asyncio.sleep(0.01)


async def main():
    threading.Thread(target=hold).start()
    print(await asyncio.gather(refresh(), ticks()))


asyncio.run(main())
