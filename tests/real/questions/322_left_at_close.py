"""The last metrics of every run are missing, and 'Task was destroyed but it is pending!' is printed."""

import asyncio


class Metrics:
    def __init__(self, loop):
        self.loop, self.sent = loop, []

    def send(self, name):
        self.loop.create_task(self._send(name))

    async def _send(self, name):
        await asyncio.sleep(0.2)
        self.sent.append(name)


async def work(m):
    for i in range(5):
        await asyncio.sleep(0.05)
        m.send(f"step{i}")


loop = asyncio.new_event_loop()
m = Metrics(loop)
loop.run_until_complete(work(m))
loop.close()
print(m.sent)
