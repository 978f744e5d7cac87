"""Jobs in threads that share a short lock, a cache that the first one fills for all, and connections enough."""

import asyncio
import queue
import threading
import time


class Warehouse:
    def __init__(self):
        self.lock = threading.Lock()
        self.filling = threading.Lock()
        self.connections = queue.Queue()
        for number in range(6):
            self.connections.put(number)
        self.catalogue = None
        self.sold = 0

    def known(self):
        with self.filling:
            if self.catalogue is None:
                time.sleep(0.1)
                self.catalogue = {"apples": 3}
        return self.catalogue

    def sell(self, number):
        price = self.known()["apples"]
        connection = self.connections.get()
        try:
            time.sleep(0.1)
        finally:
            self.connections.put(connection)
        with self.lock:
            self.sold += price


async def main():
    warehouse = Warehouse()
    await asyncio.gather(*(asyncio.to_thread(warehouse.sell, number) for number in range(6)))
    print(warehouse.sold)


asyncio.run(main())
