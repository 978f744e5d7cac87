"""`many_steps.py STEPS OUT`: tasks, callbacks, timers, jobs and threads by the thousand, in ten rounds.

After each round it writes: steps so far, allocated blocks, kilobytes that are resident, and in a debug build references.
"""

import asyncio
import gc
import resource
import sys
import threading

ROUNDS = 10


def resident_kb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024


async def worker(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def busy(milliseconds):
    end = asyncio.get_running_loop().time() + milliseconds / 1000
    while asyncio.get_running_loop().time() < end:
        pass


async def some(steps):
    loop = asyncio.get_running_loop()
    for _ in range(steps // 1000):
        await asyncio.gather(*(worker(9) for _ in range(90)))
        loop.call_soon(int)
        loop.call_later(0.001, int).cancel()
    await asyncio.gather(busy(1), asyncio.sleep(0.002), loop.run_in_executor(None, int))


def in_a_thread(steps):
    thread = threading.Thread(target=asyncio.run, args=(some(steps),))
    thread.start()
    thread.join()


def main(steps, out):
    for number in range(1, ROUNDS + 1):
        asyncio.run(some(steps // ROUNDS))
        for _ in range(20):
            in_a_thread(0)
        gc.collect()
        references = getattr(sys, "gettotalrefcount", int)()
        with open(out, "a") as file:
            print(steps * number // ROUNDS, sys.getallocatedblocks(), resident_kb(), references, file=file)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
