"""Nothing ever comes out of my asyncio.Queue, though I put jobs in."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Pipeline:
    inbox: asyncio.Queue = field(default_factory=asyncio.Queue)
    outbox: asyncio.Queue = field(default_factory=asyncio.Queue)

    def submit(self, job):
        self.inbox.put(job)

    async def stage(self):
        while True:
            job = await self.inbox.get()
            await asyncio.sleep(0.02)
            await self.outbox.put(job * 2)


async def main():
    pipeline = Pipeline()
    stages = [asyncio.create_task(pipeline.stage()) for _ in range(2)]
    for job in range(5):
        pipeline.submit(job)
    try:
        print(await asyncio.wait_for(pipeline.outbox.get(), 0.5))
    except asyncio.TimeoutError:
        print("nothing came")
    for stage in stages:
        stage.cancel()


asyncio.run(main())
