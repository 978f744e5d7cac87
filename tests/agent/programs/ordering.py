# The order in which callbacks, timers, tasks and threads' wake-ups run.
import asyncio
import threading

log, timers = [], []


async def work(name, steps):
    for n in range(steps):
        log.append((name, n))
        await asyncio.sleep(0)


async def main():
    loop = asyncio.get_running_loop()
    for n in range(3):
        loop.call_soon(log.append, ("soon", n))
    handle = loop.call_soon(log.append, "never")
    handle.cancel()
    now = loop.time()
    for n in (3, 1, 2):
        loop.call_at(now + n * 0.02, timers.append, n)
    await asyncio.gather(*(work("abc"[n], n + 2) for n in range(3)))
    lock, queue = asyncio.Lock(), asyncio.Queue(2)

    async def put():
        for n in range(6):
            await queue.put(n)
            log.append(("put", n))

    async def locked(n):
        async with lock:
            await asyncio.sleep(0.001)
            log.append(("locked", n))

    putting = asyncio.ensure_future(put())
    for _ in range(6):
        log.append(("got", await queue.get()))
    await putting
    await asyncio.gather(*(locked(n) for n in range(4)))
    event = asyncio.Event()
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(event.set,))
    thread.start()
    await event.wait()
    thread.join()
    await asyncio.sleep(0.1)
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except asyncio.TimeoutError:
        log.append("timeout")
    for name in ("x", "y"):
        asyncio.ensure_future(work(name, 2))
    await asyncio.sleep(0.01)


asyncio.run(main())
print(timers)
for entry in log:
    print(entry)
