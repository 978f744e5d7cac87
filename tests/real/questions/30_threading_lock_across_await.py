"""My program hangs for a while whenever two coroutines want the same lock."""

import asyncio
import threading

lock = threading.Lock()


async def transfer(name):
    if not lock.acquire(timeout=0.5):
        return f"{name} gave up"
    try:
        await asyncio.sleep(0.05)
        return f"{name} done"
    finally:
        lock.release()


async def main():
    print(await asyncio.gather(transfer("first"), transfer("second"), asyncio.sleep(0.1)))


asyncio.run(main())
