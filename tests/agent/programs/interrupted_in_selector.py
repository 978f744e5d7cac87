# Ctrl-C while the loop has nothing to do.
import asyncio
import os
import signal
import threading
import time


def press():
    time.sleep(0.15)
    os.kill(os.getpid(), signal.SIGINT)


async def main():
    threading.Thread(target=press).start()
    try:
        await asyncio.sleep(30)
    finally:
        print("cleaning up", flush=True)


asyncio.run(main())
