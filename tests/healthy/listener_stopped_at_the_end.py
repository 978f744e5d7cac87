"""Log records go through a queue, as the logging cookbook says; the listener is stopped when all is done."""

import asyncio
import logging
import logging.handlers
import queue
import time


class Slow(logging.Handler):
    def emit(self, record):
        time.sleep(0.01)


async def order(number):
    for _ in range(5):
        await asyncio.sleep(0.03)
        logging.warning("order %d", number)


async def main():
    records = queue.SimpleQueue()
    logging.getLogger().addHandler(logging.handlers.QueueHandler(records))
    listener = logging.handlers.QueueListener(records, Slow())
    listener.start()
    await asyncio.gather(*(order(number) for number in range(6)))
    listener.stop()  # writes what is left; nobody is there to wait for it


asyncio.run(main())
