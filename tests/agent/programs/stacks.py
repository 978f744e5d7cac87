# What the program sees of its own stack: print_stack, inspect.stack, depth; in task, callback, executor, thread.
import asyncio
import inspect
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor


def depth():
    frame, count = sys._getframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def look(where):
    print(where, depth())
    for entry in inspect.stack():
        print("  ", entry.filename, entry.lineno, entry.function, entry.code_context)
    traceback.print_stack()
    sys.stderr.flush()


async def main():
    look("task")
    loop = asyncio.get_running_loop()
    loop.call_soon(look, "callback")
    loop.call_later(0.001, look, "timer")
    loop.call_soon_threadsafe(look, "threadsafe")
    await asyncio.sleep(0.02)
    await loop.run_in_executor(None, look, "executor")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(look, "pool").result()
    thread = threading.Thread(target=look, args=("thread",))
    thread.start()
    thread.join()
    timer = threading.Timer(0.001, look, ("timer thread",))
    timer.start()
    timer.join()
    future = loop.create_future()
    future.add_done_callback(lambda _: look("done callback"))
    future.set_result(None)
    await future


asyncio.run(main())
