"""A camera thread puts frames into a queue and my coroutine takes them; other coroutines starve."""

import asyncio
import queue
import threading
import time

frames = queue.Queue()


def camera():
    for number in range(8):
        time.sleep(0.1)
        frames.put(number)
    frames.put(None)


async def show():
    while True:
        frame = frames.get()
        if frame is None:
            return
        await asyncio.sleep(0)


async def buttons():
    for _ in range(20):
        await asyncio.sleep(0.02)


async def main():
    threading.Thread(target=camera).start()
    await asyncio.gather(show(), buttons())
    print("done")


asyncio.run(main())
