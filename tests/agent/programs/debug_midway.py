# Debug switched on and off while it runs; the slow callback's message names the handle.
import asyncio
import logging
import re
import sys
import time


class Handler(logging.Handler):
    def emit(self, record):
        print(re.sub(r"0x[0-9a-f]+|\d\.\d+", "N", record.getMessage()))


logging.getLogger("asyncio").addHandler(Handler())


async def slow():
    time.sleep(0.12)


async def main():
    loop = asyncio.get_running_loop()
    await slow()
    loop.set_debug(True)
    print(sys.get_coroutine_origin_tracking_depth())
    await asyncio.sleep(0.01)
    print(sys.get_coroutine_origin_tracking_depth())
    await loop.create_task(slow())
    loop.call_soon(time.sleep, 0.12)
    await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)
    loop.set_debug(False)
    await loop.create_task(slow())


asyncio.run(main())
