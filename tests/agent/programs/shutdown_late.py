# Loops, tasks and threads in what runs when the interpreter goes: `atexit`, finalizers of globals, a thread of a daemon's.
import asyncio
import atexit
import threading
import time


async def work(what):
    await asyncio.sleep(0.001)
    print(what, flush=True)


class Last:
    def __init__(self, loop):
        self.loop = loop

    def __del__(self, print=print):
        try:
            self.loop.run_until_complete(self.loop.create_task(self.work()))
            self.loop.close()
        except BaseException as error:
            print("at the very end:", type(error).__name__)

    async def work(self, print=print):
        print("in a finalizer")


def beats():
    loop = asyncio.new_event_loop()
    while True:
        loop.run_until_complete(loop.create_task(loop.run_in_executor(None, int)) if False else sleeps())


async def sleeps():
    await asyncio.sleep(0.0001)


def late():
    asyncio.run(work("in atexit"))
    thread = threading.Thread(target=lambda: asyncio.run(work("in a thread of atexit")))
    try:
        thread.start()
        thread.join()
    except RuntimeError as error:
        print(error)


atexit.register(late)
last = Last(asyncio.new_event_loop())
threading.Thread(target=beats, daemon=True).start()
asyncio.run(work("in main"))
time.sleep(0.05)
