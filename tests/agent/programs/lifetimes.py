# When tasks, coroutines, futures, callbacks and their arguments are freed: at the same step as unobserved.
import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

gc.disable()
log = []


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append("freed " + self.name)

    def method(self):
        log.append("ran " + self.name)


async def work(thing):
    await asyncio.sleep(0.002)
    log.append("worked " + thing.name)


async def fails(thing):
    await asyncio.sleep(0)
    raise ValueError("x")


async def main():
    loop = asyncio.get_running_loop()
    task = loop.create_task(work(Thing("argument")))
    reference = weakref.ref(task, lambda _: log.append("task collected"))
    await task
    log.append("awaited")
    del task
    log.append("deleted %s" % (reference() is None))
    loop.call_soon(Thing("soon").method)
    log.append("scheduled")
    await asyncio.sleep(0)
    log.append("next step")
    loop.call_later(0.001, Thing("later").method)
    loop.call_later(10, Thing("cancelled").method).cancel()
    await asyncio.sleep(0.01)
    log.append("slept")
    task = loop.create_task(fails(Thing("failing")))
    weakref.finalize(task, log.append, "failed task collected").atexit = False
    try:
        await task
    except ValueError:
        log.append("failed")
    del task
    log.append("deleted")
    await loop.run_in_executor(None, Thing("executor").method)
    await asyncio.sleep(0.01)
    log.append("executed")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Thing("pool").method).result()
    log.append("pool closed")
    thread = threading.Thread(target=Thing("thread").method)
    weakref.finalize(thread, log.append, "thread collected").atexit = False
    thread.start()
    thread.join()
    log.append("joined")
    del thread
    log.append("deleted")
    lost = loop.create_future()
    weakref.finalize(lost, log.append, "future collected").atexit = False
    task = asyncio.ensure_future(asyncio.wait([lost]))
    await asyncio.sleep(0)
    task.cancel()
    del task, lost
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    log.append("end")


asyncio.run(main())
for entry in log:
    print(entry)
print(sum(isinstance(thing, asyncio.Task) for thing in gc.get_objects()))
