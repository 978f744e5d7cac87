# Ctrl-C while a task blocks the loop.
import asyncio
import os
import signal
import threading
import time


def press():
    time.sleep(0.15)
    os.kill(os.getpid(), signal.SIGINT)


async def other():
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        print("other cancelled", flush=True)
        raise


async def main():
    asyncio.ensure_future(other())
    await asyncio.sleep(0.01)
    threading.Thread(target=press).start()
    time.sleep(1)
    print("blocked on", flush=True)
    await asyncio.sleep(30)


asyncio.run(main())
