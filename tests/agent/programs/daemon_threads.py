# Threads that are still there when the interpreter goes: asleep, computing, and one that waits in a loop.
import asyncio
import threading
import time


def sleep():
    time.sleep(30)


def compute():
    while True:
        pass


def loop():
    asyncio.new_event_loop().run_forever()


for target in (sleep, compute, loop):
    threading.Thread(target=target, daemon=True).start()


async def main():
    await asyncio.sleep(0.05)
    print("done")


asyncio.run(main())
