# No more memory may be had: the program is told so where it asks for much, and goes on where it asks for little.
import asyncio
import resource
import threading

with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (200 << 20), resource.RLIM_INFINITY))


async def work(number):
    await asyncio.sleep(0.001)
    return number


async def main():
    print(await asyncio.to_thread(int, "7") if hasattr(asyncio, "to_thread") else 7)
    taken = []
    try:
        while True:
            taken.append(bytearray(1 << 20))
    except MemoryError:
        print("no more")
    del taken[-20:]
    for _ in range(20):
        print(sum(await asyncio.gather(*(work(number) for number in range(100)))))
    try:
        bytearray(1 << 30)
    except MemoryError as error:
        print("MemoryError", error)
    del taken[:]
    await asyncio.sleep(0.3)
    print(sum(await asyncio.gather(*(work(number) for number in range(1000)))))


asyncio.run(main())
print(threading.active_count())
