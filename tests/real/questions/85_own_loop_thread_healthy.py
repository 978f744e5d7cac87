"""A worker thread with its own loop beside the main loop, on purpose: which thread?"""

import asyncio
import threading


async def metrics():
    for _ in range(4):
        await asyncio.sleep(0.05)


def run_metrics():
    asyncio.run(metrics())


async def main():
    thread = threading.Thread(target=run_metrics, name="metrics")
    thread.start()
    await asyncio.gather(*(asyncio.sleep(0.2) for _ in range(3)))
    await asyncio.to_thread(thread.join)


asyncio.run(main())
