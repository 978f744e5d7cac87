"""Everything is awaited.  The profiler says that most time goes into logging."""

import asyncio
import logging
import time

logger = logging.getLogger("shop")


class RemoteHandler(logging.Handler):
    def emit(self, record):
        time.sleep(0.03)


async def handle(number):
    for _ in range(3):
        logger.warning("request %s", number)
        await asyncio.sleep(0.02)


async def main():
    logger.addHandler(RemoteHandler())
    await asyncio.gather(*(handle(number) for number in range(6)))
    print("done")


asyncio.run(main())
