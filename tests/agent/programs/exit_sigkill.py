import asyncio
import atexit
import ctypes
import os
import signal
import sys
import time

atexit.register(print, "atexit")


async def main():
    await asyncio.sleep(0.01)
    print("before", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1)


asyncio.run(main())
