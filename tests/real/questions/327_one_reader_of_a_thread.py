"""I put ten pages into my scanner's queue.Queue and read the answers as they come; it takes ten times as long as one."""

import asyncio, queue, threading, time


class Scanner:
    def __init__(self, loop):
        self.inbox, self.loop, self.outbox = queue.Queue(), loop, asyncio.Queue()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while (page := self.inbox.get()) is not None:
            time.sleep(0.08)
            self.loop.call_soon_threadsafe(self.outbox.put_nowait, f"page {page}")


async def main():
    scanner = Scanner(asyncio.get_running_loop())
    for page in range(10):
        scanner.inbox.put(page)
    for _ in range(10):
        print(await scanner.outbox.get())
    scanner.inbox.put(None)


asyncio.run(main())
