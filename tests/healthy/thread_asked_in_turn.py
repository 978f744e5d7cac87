"""A thread is asked for one thing after another, each made of the answer before: nothing waits in its queue."""

import asyncio, queue, threading, time


def work(inbox, loop, outbox):
    while (n := inbox.get()) is not None:
        time.sleep(0.05)
        loop.call_soon_threadsafe(outbox.put_nowait, n + 1)


async def main():
    inbox, outbox = queue.Queue(), asyncio.Queue()
    threading.Thread(target=work, args=(inbox, asyncio.get_running_loop(), outbox), daemon=True).start()
    n = 0
    for _ in range(10):
        inbox.put(n)
        n = await outbox.get()
    inbox.put(None)
    print(n)


asyncio.run(main())
