"""Six gateways are read through a vendor's driver with asyncio.to_thread, and it takes as long as without.  Why?"""

import asyncio
import contextlib
import threading
import time


class Driver:
    def __init__(self):
        self.bus = threading.RLock()

    @contextlib.contextmanager
    def transaction(self):
        self.bus.acquire()
        try:
            yield
        finally:
            self.bus.release()

    def exchange(self, gateway):
        time.sleep(0.12)
        return gateway * 100

    def read(self, gateway):
        with self.transaction():
            return self.exchange(gateway)


async def main():
    driver = Driver()
    async with asyncio.TaskGroup() as group:
        for gateway in range(6):
            group.create_task(asyncio.to_thread(driver.read, gateway))


asyncio.run(main())
