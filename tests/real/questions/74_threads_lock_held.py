"""An asyncio.Lock-less counter guarded with threading.Lock held by a worker thread."""

import asyncio
import threading
import time

lock = threading.Lock()
stock = {"apples": 100}


def recount():
    with lock:
        time.sleep(0.3)
        stock["apples"] = 90


async def buy(n):
    with lock:  # for a moment only
        stock["apples"] -= n
    await asyncio.sleep(0.01)


async def main():
    counting = asyncio.create_task(asyncio.to_thread(recount))
    await asyncio.sleep(0.02)
    await asyncio.gather(*(buy(n) for n in range(5)))
    await counting


asyncio.run(main())
