"""My worker puts a failed job back into its queue, and now and then stands still for half a second."""

import asyncio


async def worker(q, done):
    while True:
        job, tries = await q.get()
        await asyncio.sleep(0.02)
        if job % 2 and tries < 1:
            try:
                await asyncio.wait_for(q.put((job, tries + 1)), 0.5)
            except asyncio.TimeoutError:
                print("requeue timed out", job)
        q.task_done()
        done.append(job)


async def main():
    q = asyncio.Queue(maxsize=1)
    done = []
    w = asyncio.create_task(worker(q, done))
    for j in range(6):
        await q.put((j, 0))
    await q.join()
    w.cancel()
    print(done)


asyncio.run(main())
