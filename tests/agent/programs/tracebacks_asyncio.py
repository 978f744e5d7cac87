# Errors that end in tracebacks: from callbacks, timers, readers, tasks, done callbacks, executors, threads.
import asyncio
import gc
import os
import threading

asyncio.TimerHandle.__repr__ = lambda self: "<TimerHandle>"


def broken(*_):
    raise ValueError("broken")


async def breaks():
    await asyncio.sleep(0)
    broken()


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(broken)
    loop.call_later(0.01, broken)
    loop.call_soon_threadsafe(broken)
    reading, writing = os.pipe()
    loop.add_reader(reading, lambda: (loop.remove_reader(reading), broken()))
    os.write(writing, b"x")
    await asyncio.sleep(0.05)
    task = loop.create_task(asyncio.sleep(0))
    task.add_done_callback(broken)
    await task
    await asyncio.sleep(0)
    thread = threading.Thread(target=broken, name="worker")
    thread.start()
    thread.join()
    try:
        await loop.run_in_executor(None, broken)
    except ValueError as error:
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    task = asyncio.ensure_future(breaks())
    await asyncio.sleep(0.01)
    del task
    gc.collect()
    await breaks()


asyncio.run(main())
